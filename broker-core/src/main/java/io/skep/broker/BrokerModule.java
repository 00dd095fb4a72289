// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.RetainedMessages;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.broker.service.Services;
import io.skep.broker.session.SessionRegistry;
import io.skep.broker.storage.Journal;
import io.skep.broker.transport.Reception;
import io.skep.sdk.storage.Storage;

/**
 * Wires the broker, once: everything here is a singleton, and nothing per connection or message is. What comes before
 * the storage is there already, for an extension may provide it.
 */
final class BrokerModule extends AbstractModule {

    private final SkepConfig config;
    private final Metrics metrics;
    private final HookChains hooks;
    private final Services services;
    private final ExtensionHost extensions;
    private final Storage storage;

    BrokerModule(
            SkepConfig config,
            Metrics metrics,
            HookChains hooks,
            Services services,
            ExtensionHost extensions,
            Storage storage) {
        this.config = config;
        this.metrics = metrics;
        this.hooks = hooks;
        this.services = services;
        this.extensions = extensions;
        this.storage = storage;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().requireAtInjectOnConstructors();
        binder().disableCircularProxies();
        bind(SkepConfig.class).toInstance(config);
        bind(Metrics.class).toInstance(metrics);
        bind(HookChains.class).toInstance(hooks);
        bind(Services.class).toInstance(services);
        bind(ExtensionHost.class).toInstance(extensions);
        bind(Storage.class).toInstance(storage);
        bind(Router.class).in(Scopes.SINGLETON);
        bind(SessionRegistry.class).in(Scopes.SINGLETON);
        bind(Reception.class).in(Scopes.SINGLETON);
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
    Journal journal() {
        return new Journal(storage, metrics);
    }
}
