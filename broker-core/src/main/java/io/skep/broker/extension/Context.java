// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.service.ExtensionServices;
import io.skep.broker.service.ServedContext;
import io.skep.sdk.Hooks;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** What one extension sees of the broker. */
record Context(
        String id,
        Hooks hooks,
        Path configFolder,
        ConfigFiles configFiles,
        Logger logger,
        ScheduledExecutorService executor,
        ExtensionServices services)
        implements ServedContext {

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of(id + ".yaml"));
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        return configFiles.read(configFolder.resolve(file), type);
    }

    @Override
    public <T extends Record> void onConfigChange(Class<T> type, Consumer<? super T> listener) {
        configFiles.onChange(type, listener);
    }
}
