// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.config.ConfigBinder;
import io.skep.broker.service.ExtensionServices;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.Hooks;
import io.skep.sdk.service.BrokerFacts;
import io.skep.sdk.service.Clients;
import io.skep.sdk.service.ConnectionAttributes;
import io.skep.sdk.service.KeyValueStore;
import io.skep.sdk.service.Meters;
import io.skep.sdk.service.Publisher;
import io.skep.sdk.service.RetainedMessages;
import io.skep.sdk.service.SessionAttributes;
import io.skep.sdk.service.Sessions;
import io.skep.sdk.service.Subscriptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
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
        implements ExtensionContext {

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

    @Override
    public Publisher publisher() {
        return services.publisher();
    }

    @Override
    public Clients clients() {
        return services.clients();
    }

    @Override
    public Sessions sessions() {
        return services.sessions();
    }

    @Override
    public Subscriptions subscriptions() {
        return services.subscriptions();
    }

    @Override
    public RetainedMessages retained() {
        return services.retained();
    }

    @Override
    public KeyValueStore store() {
        return services.store();
    }

    @Override
    public ConnectionAttributes connectionAttributes() {
        return services.connectionAttributes();
    }

    @Override
    public SessionAttributes sessionAttributes() {
        return services.sessionAttributes();
    }

    @Override
    public Meters meters() {
        return services.meters();
    }

    @Override
    public CompletionStage<BrokerFacts> broker() {
        return services.broker();
    }
}
