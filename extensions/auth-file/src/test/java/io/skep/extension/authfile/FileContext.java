// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.testkit.BareContext;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What the broker would give the extension; what files mean is put in by the test. */
final class FileContext extends BareContext {

    final Map<Path, Supplier<Record>> contents = new ConcurrentHashMap<>();

    FileContext(Path folder) {
        super("auth-file", folder);
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        Supplier<Record> content = contents.get(configFolder().resolve(file));
        return type.cast(content == null ? new AuthFileConfig(null, Map.of(), Map.of()) : content.get());
    }
}
