// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hooks that nobody calls but the test. */
final class RecordedHooks implements Hooks {

    /** A hook, and how it wants to be called. */
    record Registered(Class<?> kind, Object hook, HookOptions options) {}

    final List<Registered> all = new CopyOnWriteArrayList<>();
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

    void tell(Event event) {
        listeners.forEach(listener -> listener.accept(event));
    }

    private <H> void add(Class<H> kind, H hook, HookOptions options) {
        all.add(new Registered(kind, hook, options));
    }

    @Override
    public void authenticator(Authenticator authenticator, HookOptions options) {
        add(Authenticator.class, authenticator, options);
    }

    @Override
    public void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options) {
        add(EnhancedAuthenticator.class, authenticator, options);
    }

    @Override
    public void authorizer(Authorizer authorizer, HookOptions options) {
        add(Authorizer.class, authorizer, options);
    }

    @Override
    public void publishInterceptor(PublishInterceptor interceptor, HookOptions options) {
        add(PublishInterceptor.class, interceptor, options);
    }

    @Override
    public void connectInterceptor(ConnectInterceptor interceptor, HookOptions options) {
        add(ConnectInterceptor.class, interceptor, options);
    }

    @Override
    public void deliveryInterceptor(DeliveryInterceptor interceptor, HookOptions options) {
        add(DeliveryInterceptor.class, interceptor, options);
    }

    @Override
    public void subscribeInterceptor(SubscribeInterceptor interceptor, HookOptions options) {
        add(SubscribeInterceptor.class, interceptor, options);
    }

    @Override
    public void unsubscribeInterceptor(UnsubscribeInterceptor interceptor, HookOptions options) {
        add(UnsubscribeInterceptor.class, interceptor, options);
    }

    @Override
    public void replyInterceptor(ReplyInterceptor interceptor, HookOptions options) {
        add(ReplyInterceptor.class, interceptor, options);
    }

    @Override
    public void ackListener(AckListener listener, HookOptions options) {
        add(AckListener.class, listener, options);
    }

    @Override
    public void disconnectInterceptor(DisconnectInterceptor interceptor, HookOptions options) {
        add(DisconnectInterceptor.class, interceptor, options);
    }

    @Override
    public <E extends Event> void listen(Class<E> type, Consumer<? super E> listener) {
        listeners.add(event -> {
            if (type.isInstance(event)) {
                listener.accept(type.cast(event));
            }
        });
    }

    @Override
    public void storageProvider(StorageProvider provider) {
        add(StorageProvider.class, provider, HookOptions.DEFAULT);
    }
}
