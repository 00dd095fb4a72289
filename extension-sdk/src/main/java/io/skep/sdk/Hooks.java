// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.event.Event;
import io.skep.sdk.publish.PublishInterceptor;
import io.skep.sdk.storage.StorageProvider;
import java.util.function.Consumer;

/**
 * Where an extension registers its hooks. Hooks of one kind form a chain over all extensions, sorted by
 * {@link HookOptions#order}, then by extension id; the chains change as a whole once {@link Extension#start} has
 * returned.
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
     * @param options order, deadline and what to do when it is missed
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
     * @param interceptor called for each PUBLISH
     * @param options order, deadline, and a topic filter to be called for less
     */
    void publishInterceptor(PublishInterceptor interceptor, HookOptions options);

    /**
     * Adds a hook that sees, changes or stops what clients publish, with {@link HookOptions#DEFAULT}.
     *
     * @param interceptor called for each PUBLISH
     */
    default void publishInterceptor(PublishInterceptor interceptor) {
        publishInterceptor(interceptor, HookOptions.DEFAULT);
    }

    /**
     * Listens to what happens in the broker. Runs on a thread of the extension, in the order of the events; when the
     * extension lags behind by more than its bound, events are dropped and counted.
     *
     * @param type which events, for instance {@code ClientConnected.class}; {@code Event.class} for all
     * @param listener called for each; what it throws is logged
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
