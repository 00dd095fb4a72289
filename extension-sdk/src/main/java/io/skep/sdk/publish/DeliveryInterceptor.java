// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.publish;

import io.skep.sdk.Client;

/**
 * Sees, changes or drops a message on its way to one client, at the moment when it is written to the connection: live,
 * retained and shared messages of every QoS, and those that waited in a session's queue. What a client is sent again
 * after it has connected again is shown again, so the same change is made; a queue keeps the message as it was
 * published.
 *
 * <p>Runs on the event loop of the recipient, once for each recipient, so it must be quick and must not wait. There is
 * no later answer: waiting for each recipient would let one publisher cause any number of waits. Each interceptor sees
 * what the one before left, and {@link io.skep.sdk.HookOptions#topicFilter} is compared with that. An exception or a
 * null counts as what {@link io.skep.sdk.HookOptions#fallback} says: dropped, or passed.
 *
 * <p>A dropped message of QoS 1 or 2 is over: it leaves the queue, and its place in the client's window is free. A
 * shared one does not go to another member instead. It is counted, and told to listeners of
 * {@link io.skep.sdk.event.Event.MessageDropped}.
 */
@FunctionalInterface
public interface DeliveryInterceptor {

    /**
     * Looks at one message to one client.
     *
     * @param recipient who gets it
     * @param publish valid during this call; its QoS and its RETAIN flag are those of the delivery
     * @return what becomes of it
     */
    DeliveryAnswer intercept(Client recipient, Publish publish);
}
