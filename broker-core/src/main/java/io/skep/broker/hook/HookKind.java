// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.packet.AckListener;
import io.skep.sdk.packet.ConnectInterceptor;
import io.skep.sdk.packet.DisconnectInterceptor;
import io.skep.sdk.packet.ReplyInterceptor;
import io.skep.sdk.packet.SubscribeInterceptor;
import io.skep.sdk.packet.UnsubscribeInterceptor;
import io.skep.sdk.publish.DeliveryInterceptor;
import io.skep.sdk.publish.PublishInterceptor;
import java.util.List;

/**
 * A kind of hook, and so the place of its chain.
 *
 * @param place among the chains
 * @param label for the log
 * @param <H> the hooks
 */
@SuppressWarnings("UnusedTypeParameter") // it gives the chain its type
record HookKind<H>(int place, String label) {

    static final HookKind<ConnectInterceptor> CONNECT = new HookKind<>(0, "connect interceptor");
    static final HookKind<Authenticator> AUTHENTICATOR = new HookKind<>(1, "authenticator");
    static final HookKind<AuthMethod> AUTH_METHOD = new HookKind<>(2, "enhanced authenticator");
    static final HookKind<Authorizer> AUTHORIZER = new HookKind<>(3, "authorizer");
    static final HookKind<PublishInterceptor> PUBLISH = new HookKind<>(4, "publish interceptor");
    static final HookKind<DeliveryInterceptor> DELIVERY = new HookKind<>(5, "delivery interceptor");
    static final HookKind<SubscribeInterceptor> SUBSCRIBE = new HookKind<>(6, "subscribe interceptor");
    static final HookKind<UnsubscribeInterceptor> UNSUBSCRIBE = new HookKind<>(7, "unsubscribe interceptor");
    static final HookKind<ReplyInterceptor> REPLY = new HookKind<>(8, "reply interceptor");
    static final HookKind<AckListener> ACK = new HookKind<>(9, "ack listener");
    static final HookKind<DisconnectInterceptor> DISCONNECT = new HookKind<>(10, "disconnect interceptor");

    /** All of them, each at its place. */
    static final List<HookKind<?>> ALL = List.of(
            CONNECT,
            AUTHENTICATOR,
            AUTH_METHOD,
            AUTHORIZER,
            PUBLISH,
            DELIVERY,
            SUBSCRIBE,
            UNSUBSCRIBE,
            REPLY,
            ACK,
            DISCONNECT);
}
