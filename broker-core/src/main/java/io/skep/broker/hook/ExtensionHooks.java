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
import io.skep.sdk.packet.AckListener;
import io.skep.sdk.packet.ConnectInterceptor;
import io.skep.sdk.packet.DisconnectInterceptor;
import io.skep.sdk.packet.ReplyInterceptor;
import io.skep.sdk.packet.SubscribeInterceptor;
import io.skep.sdk.packet.UnsubscribeInterceptor;
import io.skep.sdk.publish.DeliveryInterceptor;
import io.skep.sdk.publish.PublishInterceptor;
import io.skep.sdk.storage.StorageProvider;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    private final Breaker breaker;
    private final AtomicLong blocks = new AtomicLong();
    private final List<Hook<?>> hooks = new CopyOnWriteArrayList<>();
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
        this.breaker = new Breaker(extension, config.breaker(), metrics, System::nanoTime);
        this.events = new EventQueue(config.eventsMax(), executor, metrics, failures);
    }

    @Override
    public void connectInterceptor(ConnectInterceptor interceptor, HookOptions options) {
        add(HookKind.CONNECT, interceptor, options);
    }

    @Override
    public void authenticator(Authenticator authenticator, HookOptions options) {
        add(HookKind.AUTHENTICATOR, authenticator, options);
    }

    @Override
    public void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options) {
        add(HookKind.AUTH_METHOD, new AuthMethod(authenticator), options);
    }

    @Override
    public void authorizer(Authorizer authorizer, HookOptions options) {
        add(HookKind.AUTHORIZER, authorizer, options);
    }

    @Override
    public void publishInterceptor(PublishInterceptor interceptor, HookOptions options) {
        add(HookKind.PUBLISH, interceptor, options);
    }

    @Override
    public void deliveryInterceptor(DeliveryInterceptor interceptor, HookOptions options) {
        add(HookKind.DELIVERY, interceptor, options);
    }

    @Override
    public void subscribeInterceptor(SubscribeInterceptor interceptor, HookOptions options) {
        add(HookKind.SUBSCRIBE, interceptor, options);
    }

    @Override
    public void unsubscribeInterceptor(UnsubscribeInterceptor interceptor, HookOptions options) {
        add(HookKind.UNSUBSCRIBE, interceptor, options);
    }

    @Override
    public void replyInterceptor(ReplyInterceptor interceptor, HookOptions options) {
        add(HookKind.REPLY, interceptor, options);
    }

    @Override
    public void ackListener(AckListener listener, HookOptions options) {
        add(HookKind.ACK, listener, options);
    }

    @Override
    public void disconnectInterceptor(DisconnectInterceptor interceptor, HookOptions options) {
        add(HookKind.DISCONNECT, interceptor, options);
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

    List<Hook<?>> hooks() {
        return hooks;
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

    /** {@return whether half of the places are free: the other half is for who has nobody waiting} */
    boolean hasRoom() {
        return inFlight.get() <= inFlightMax / 2;
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

    Breaker breaker() {
        return breaker;
    }

    /** A hook has kept a loop for too long. */
    void blocked() {
        blocks.incrementAndGet();
    }

    /** {@return what was counted so far} */
    public HookCounts counts() {
        return new HookCounts(
                extension, failures.count(), blocks.get(), inFlight.get(), events.dropped(), breaker.isOpen());
    }

    private <H> void add(HookKind<H> kind, H call, HookOptions options) {
        add(hooks, Hook.of(this, kind, Objects.requireNonNull(call, kind.label()), options));
    }

    private <T> void add(List<T> kind, T hook) {
        if (closed) {
            throw new IllegalStateException("hooks: closed (expected: registered before start returns)");
        }
        kind.add(hook);
    }
}
