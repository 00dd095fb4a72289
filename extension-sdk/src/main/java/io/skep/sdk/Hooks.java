// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

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
 * Where an extension registers its hooks. Hooks of one kind form a chain over all extensions, sorted by
 * {@link HookOptions#order}, then by extension id; the chains change as a whole once {@link Extension#start} has
 * returned. Several event loops call a hook at the same time, each for its own clients, so hooks are thread-safe.
 *
 * <p>Any thread may register. Afterwards every method here throws an {@link IllegalStateException}.
 */
public interface Hooks {

    /**
     * Adds a hook that decides who may connect.
     *
     * @param authenticator asked once per CONNECT
     * @param options order, deadline and what to do when it is missed
     */
    void authenticator(Authenticator authenticator, HookOptions options);

    /**
     * Adds a hook that decides who may connect, with {@link HookOptions#DEFAULT}.
     *
     * @param authenticator asked once per CONNECT
     */
    default void authenticator(Authenticator authenticator) {
        authenticator(authenticator, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that decides who may connect by an authentication method of MQTT 5.0.
     *
     * @param authenticator asked once per CONNECT with its method, and when such a client authenticates again
     * @param options order, deadline of each answer and what to do when it is missed
     */
    void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options);

    /**
     * Adds a hook that decides who may connect by an authentication method of MQTT 5.0, with
     * {@link HookOptions#DEFAULT}.
     *
     * @param authenticator asked once per CONNECT with its method, and when such a client authenticates again
     */
    default void enhancedAuthenticator(EnhancedAuthenticator authenticator) {
        enhancedAuthenticator(authenticator, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that decides who may publish and subscribe where.
     *
     * @param authorizer asked once per topic and client while the answer is remembered
     * @param options order, deadline, what to do when it is missed, and how long answers are remembered
     */
    void authorizer(Authorizer authorizer, HookOptions options);

    /**
     * Adds a hook that decides who may publish and subscribe where, with {@link HookOptions#DEFAULT}.
     *
     * @param authorizer asked once per topic and client while the answer is remembered
     */
    default void authorizer(Authorizer authorizer) {
        authorizer(authorizer, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees, changes or stops what clients publish.
     *
     * @param interceptor called for each PUBLISH that comes in, and for each will
     * @param options order, deadline, and a topic filter to be called for less
     */
    void publishInterceptor(PublishInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees, changes or stops what clients publish, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each PUBLISH that comes in, and for each will
     */
    default void publishInterceptor(PublishInterceptor interceptor) {
        publishInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees, changes or refuses CONNECT.
     *
     * @param interceptor called once per CONNECT, before authenticators
     * @param options order, deadline and what to do when it is missed
     */
    void connectInterceptor(ConnectInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees, changes or refuses CONNECT, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called once per CONNECT, before authenticators
     */
    default void connectInterceptor(ConnectInterceptor interceptor) {
        connectInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees, changes or drops what a client is sent.
     *
     * @param interceptor called for each PUBLISH to each client
     * @param options order, what a failure means, and a topic filter to be called for less
     */
    void deliveryInterceptor(DeliveryInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees, changes or drops what a client is sent, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each PUBLISH to each client
     */
    default void deliveryInterceptor(DeliveryInterceptor interceptor) {
        deliveryInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees, changes or refuses subscriptions.
     *
     * @param interceptor called for each topic filter of a SUBSCRIBE
     * @param options order, deadline, and a topic filter to be called for less
     */
    void subscribeInterceptor(SubscribeInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees, changes or refuses subscriptions, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each topic filter of a SUBSCRIBE
     */
    default void subscribeInterceptor(SubscribeInterceptor interceptor) {
        subscribeInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees, changes or refuses what ends subscriptions.
     *
     * @param interceptor called for each topic filter of an UNSUBSCRIBE
     * @param options order, deadline, and a topic filter to be called for less
     */
    void unsubscribeInterceptor(UnsubscribeInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees, changes or refuses what ends subscriptions, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each topic filter of an UNSUBSCRIBE
     */
    default void unsubscribeInterceptor(UnsubscribeInterceptor interceptor) {
        unsubscribeInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees and changes what the broker answers.
     *
     * @param interceptor called for each acknowledgement, CONNACK, SUBACK, UNSUBACK, PINGRESP and DISCONNECT
     * @param options order
     */
    void replyInterceptor(ReplyInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees and changes what the broker answers, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each acknowledgement, CONNACK, SUBACK, UNSUBACK, PINGRESP and DISCONNECT
     */
    default void replyInterceptor(ReplyInterceptor interceptor) {
        replyInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees the acknowledgements of clients.
     *
     * @param listener called for each PUBACK, PUBREC, PUBREL and PUBCOMP that comes in
     * @param options order
     */
    void ackListener(AckListener listener, HookOptions options);

    /**
     * Adds a hook that sees the acknowledgements of clients, with {@link HookOptions#DEFAULT}.
     *
     * @param listener called for each PUBACK, PUBREC, PUBREL and PUBCOMP that comes in
     */
    default void ackListener(AckListener listener) {
        ackListener(listener, HookOptions.DEFAULT);
    }

    /**
     * Adds a hook that sees and changes DISCONNECT of clients.
     *
     * @param interceptor called for each DISCONNECT that comes in
     * @param options order
     */
    void disconnectInterceptor(DisconnectInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees and changes DISCONNECT of clients, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each DISCONNECT that comes in
     */
    default void disconnectInterceptor(DisconnectInterceptor interceptor) {
        disconnectInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Listens to what happens in the broker, as {@link Event} says.
     *
     * @param type which events, for instance {@code ClientConnected.class}; {@code Event.class} for all
     * @param listener called for each
     * @param <E> the event
     */
    <E extends Event> void listen(Class<E> type, Consumer<? super E> listener);

    /**
     * Offers a storage engine. It is opened if the configuration names it ({@code storage.engine}), when the broker
     * starts and after all extensions have started; one that is offered later waits for the next start of the broker.
     * The extension runs for as long as its engine is in use, which is until the broker ends.
     *
     * @param provider opens the engine; its name is that of no other engine
     */
    void storageProvider(StorageProvider provider);
}
