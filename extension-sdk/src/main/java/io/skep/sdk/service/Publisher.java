// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.concurrent.CompletionStage;

/**
 * Publishes messages, on any thread. Permissions are not looked at. Messages of one extension that one thread publishes
 * reach each subscriber in the order of the calls, as those of a client do; with interceptors, only if these answer at
 * once.
 *
 * <p>A stage completes when the message is as safe as one for which a client gets PUBACK: stored, if it is of QoS 1 or
 * 2 and a subscriber is to keep it, or if it is retained. It fails with a {@link io.skep.sdk.storage.StorageException}
 * if it could not be stored; who could be reached without that may have got it. It fails with an
 * {@link IllegalArgumentException} if this broker takes no such topic or message.
 */
public interface Publisher {

    /**
     * Publishes to all who subscribed, past the interceptors. A retained message is retained. Topics that begin with
     * {@code $} are allowed, but for {@code $share/}.
     *
     * @param message what
     * @return what became of it
     */
    CompletionStage<Published> publish(Message message);

    /**
     * Publishes as if a client did: through the publish interceptors of all extensions, this one's included, so an
     * interceptor that calls this has to know its own messages. They see a client whose id is that of the extension,
     * whose listener has an empty name, and whose address has port 0.
     *
     * @param message what
     * @return what became of it
     */
    CompletionStage<Published> publishIntercepted(Message message);

    /**
     * Sends a message to one client, whether it subscribed or not, past the interceptors. It is treated as one that
     * came by a subscription of the message's QoS: of QoS 1 and 2 it is queued for a client that is away, if its
     * session is kept, and of QoS 0 it is not. It is not retained; a retain flag reaches the client as it is.
     *
     * @param clientId whose
     * @param message what
     * @return what became of it; without recipients if there is no such session, or if nobody is there for QoS 0
     */
    CompletionStage<Published> publishTo(String clientId, Message message);
}
