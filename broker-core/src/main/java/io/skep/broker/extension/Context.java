// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.sdk.ExtensionContext;
import io.skep.sdk.Hooks;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;

/** What one extension sees of the broker. */
record Context(
        String id,
        Hooks hooks,
        Path configFolder,
        ConfigReader configReader,
        Logger logger,
        ScheduledExecutorService executor)
        implements ExtensionContext {

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of(id + ".yaml"));
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        return configReader.bind(configFolder.resolve(file), type);
    }
}
