// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import io.skep.broker.config.ConfigBinder;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.RetainedMessages;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.broker.session.SessionRegistry;
import io.skep.broker.storage.Journal;
import io.skep.broker.transport.Reception;
import io.skep.sdk.storage.Storage;
import java.nio.file.Path;

/** Wires the broker, once: everything here is a singleton, and nothing per connection or message is. */
final class BrokerModule extends AbstractModule {

    private final SkepConfig config;
    private final Path home;
    private final Storage storage;

    BrokerModule(SkepConfig config, Path home, Storage storage) {
        this.config = config;
        this.home = home;
        this.storage = storage;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().requireAtInjectOnConstructors();
        binder().disableCircularProxies();
        bind(SkepConfig.class).toInstance(config);
        bind(Storage.class).toInstance(storage);
        bind(Router.class).in(Scopes.SINGLETON);
        bind(SessionRegistry.class).in(Scopes.SINGLETON);
        bind(Reception.class).in(Scopes.SINGLETON);
    }

    @Provides
    @Singleton
    Metrics metrics() {
        return new Metrics();
    }

    @Provides
    @Singleton
    Loops loops() {
        return new Loops(config.threads());
    }

    @Provides
    @Singleton
    SubscriptionTree tree() {
        return new SubscriptionTree();
    }

    @Provides
    @Singleton
    RetainedMessages retained() {
        return new RetainedMessages();
    }

    @Provides
    @Singleton
    Journal journal(Metrics metrics) {
        return new Journal(storage, metrics);
    }

    @Provides
    @Singleton
    HookChains hooks() {
        return new HookChains();
    }

    @Provides
    @Singleton
    ExtensionHost extensions(HookChains hooks, Metrics metrics) {
        return new ExtensionHost(config.extensions(), home, hooks, metrics, ConfigBinder::bind);
    }
}
