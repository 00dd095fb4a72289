// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.service.Meters;
import io.skep.sdk.testkit.BareContext;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A context without a broker, but with the meters of one, which is all that the extension uses of it. */
final class MeteredContext extends BareContext {

    private final @Nullable Meters meters;

    MeteredContext(Path configFolder, @Nullable Meters meters) {
        super("extension-process", configFolder);
        this.meters = meters;
    }

    @Override
    public Meters meters() {
        return Objects.requireNonNull(meters, "meters");
    }
}
