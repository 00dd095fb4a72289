// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.config.ConfigBinder;
import io.skep.broker.service.ExtensionServices;
import io.skep.broker.service.ServedContext;
import io.skep.sdk.Hooks;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What an extension under test sees of the broker: all that it would see as a JAR. */
record TestContext(
        String id,
        Hooks hooks,
        Path configFolder,
        Logger logger,
        ScheduledExecutorService executor,
        ExtensionServices services,
        List<Runnable> configListeners,
        @Nullable ManualTime time)
        implements ServedContext {

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of(id + ".yaml"));
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        return ConfigBinder.bind(configFolder.resolve(file), type);
    }

    @Override
    public <T extends Record> void onConfigChange(Class<T> type, Consumer<? super T> listener) {
        configListeners.add(() -> listener.accept(config(type)));
    }

    @Override
    public Clock clock() {
        return time == null ? Clock.systemUTC() : time.clock();
    }

    @Override
    public long nanoTime() {
        return time == null ? System.nanoTime() : time.nanoTime();
    }
}
