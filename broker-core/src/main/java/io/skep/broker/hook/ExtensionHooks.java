// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.HookOptions;
import io.skep.sdk.Hooks;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.event.Event;
import io.skep.sdk.publish.PublishInterceptor;
import io.skep.sdk.storage.StorageProvider;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The hooks of one extension, and what is bounded and counted per extension. Filled by any thread until {@link #close}
 * or {@link HookChains#add}.
 */
public final class ExtensionHooks implements Hooks {

    private final String extension;
    private final int inFlightMax;
    private final FailureLog failures;
    private final EventQueue events;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger restingWalks = new AtomicInteger();
    private final List<Hook<Authenticator>> authenticators = new CopyOnWriteArrayList<>();
    private final List<Hook<AuthMethod>> authMethods = new CopyOnWriteArrayList<>();
    private final List<Hook<Authorizer>> authorizers = new CopyOnWriteArrayList<>();
    private final List<Hook<PublishInterceptor>> interceptors = new CopyOnWriteArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<StorageProvider> storageProviders = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private volatile boolean retired;

    /**
     * Without hooks yet.
     *
     * @param extension its id
     * @param executor its threads, for listeners
     */
    public ExtensionHooks(String extension, ExtensionsConfig config, Executor executor, Metrics metrics) {
        this.extension = extension;
        this.inFlightMax = config.inFlightMax();
        this.failures = new FailureLog(extension, metrics, System::nanoTime);
        this.events = new EventQueue(config.eventsMax(), executor, metrics, failures);
    }

    @Override
    public void authenticator(Authenticator authenticator, HookOptions options) {
        add(authenticators, Hook.of(this, "authenticator", authenticator, options));
    }

    @Override
    public void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options) {
        add(authMethods, Hook.of(this, "enhanced authenticator", new AuthMethod(authenticator), options));
    }

    @Override
    public void authorizer(Authorizer authorizer, HookOptions options) {
        add(authorizers, Hook.of(this, "authorizer", authorizer, options));
    }

    @Override
    public void publishInterceptor(PublishInterceptor interceptor, HookOptions options) {
        add(interceptors, Hook.of(this, "publish interceptor", interceptor, options));
    }

    @Override
    public <E extends Event> void listen(Class<E> type, Consumer<? super E> listener) {
        Objects.requireNonNull(listener, "listener");
        add(listeners, new Listener(events, type, event -> listener.accept(type.cast(event))));
    }

    @Override
    public void storageProvider(StorageProvider provider) {
        Objects.requireNonNull(provider.name(), "name"); // now: who cannot tell it is not asked at every start
        add(storageProviders, provider);
    }

    String extension() {
        return extension;
    }

    List<Hook<Authenticator>> authenticators() {
        return authenticators;
    }

    List<Hook<AuthMethod>> authMethods() {
        return authMethods;
    }

    List<Hook<Authorizer>> authorizers() {
        return authorizers;
    }

    List<Hook<PublishInterceptor>> interceptors() {
        return interceptors;
    }

    List<Listener> listeners() {
        return listeners;
    }

    /** {@return the storage engines that the extension offers} */
    public List<StorageProvider> storageProviders() {
        return storageProviders;
    }

    /** Takes no more. */
    public void close() {
        closed = true;
    }

    /** Takes a place among the calls that wait for an answer; false if none is free. */
    boolean enter() {
        if (inFlight.incrementAndGet() <= inFlightMax) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    /** A walk rests that will come, or come back, to a hook of this extension. */
    void hold() {
        restingWalks.incrementAndGet();
    }

    void release() {
        restingWalks.decrementAndGet();
    }

    /**
     * {@return whether nobody waits for the extension, and no event waits for it; of use once its hooks are out of the
     * chains and each loop has begun another turn since}
     */
    public boolean isIdle() {
        return restingWalks.get() == 0 && events.isEmpty();
    }

    /** Is called no more, whoever still knows a hook of it: the extension stops. */
    public void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    int inFlightMax() {
        return inFlightMax;
    }

    FailureLog failures() {
        return failures;
    }

    private <T> void add(List<T> kind, T hook) {
        if (closed) {
            throw new IllegalStateException("hooks: closed (expected: registered before start returns)");
        }
        kind.add(hook);
    }
}
