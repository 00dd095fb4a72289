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
import java.util.function.Consumer;

/**
 * Hooks for unit tests without a broker: registering any fails the test. Override what the extension under test
 * registers. Kinds that later versions of the SDK add are refused here, too, so that such a test goes on to compile.
 */
public abstract class NoHooks implements Hooks {

    @Override
    public void authenticator(Authenticator authenticator, HookOptions options) {
        throw unexpected("authenticator");
    }

    @Override
    public void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options) {
        throw unexpected("enhancedAuthenticator");
    }

    @Override
    public void authorizer(Authorizer authorizer, HookOptions options) {
        throw unexpected("authorizer");
    }

    @Override
    public void publishInterceptor(PublishInterceptor interceptor, HookOptions options) {
        throw unexpected("publishInterceptor");
    }

    @Override
    public void connectInterceptor(ConnectInterceptor interceptor, HookOptions options) {
        throw unexpected("connectInterceptor");
    }

    @Override
    public void deliveryInterceptor(DeliveryInterceptor interceptor, HookOptions options) {
        throw unexpected("deliveryInterceptor");
    }

    @Override
    public void subscribeInterceptor(SubscribeInterceptor interceptor, HookOptions options) {
        throw unexpected("subscribeInterceptor");
    }

    @Override
    public void unsubscribeInterceptor(UnsubscribeInterceptor interceptor, HookOptions options) {
        throw unexpected("unsubscribeInterceptor");
    }

    @Override
    public void replyInterceptor(ReplyInterceptor interceptor, HookOptions options) {
        throw unexpected("replyInterceptor");
    }

    @Override
    public void ackListener(AckListener listener, HookOptions options) {
        throw unexpected("ackListener");
    }

    @Override
    public void disconnectInterceptor(DisconnectInterceptor interceptor, HookOptions options) {
        throw unexpected("disconnectInterceptor");
    }

    @Override
    public <E extends Event> void listen(Class<E> type, Consumer<? super E> listener) {
        throw unexpected("listen");
    }

    @Override
    public void storageProvider(StorageProvider provider) {
        throw unexpected("storageProvider");
    }

    private static AssertionError unexpected(String kind) {
        return new AssertionError(kind + ": registered (expected: not by this extension)");
    }
}
