// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.event;

import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;

/** Something that happened. New kinds may come: a switch over them needs a default. */
public interface Event {

    /**
     * A client is connected: its CONNACK with success is on its way.
     *
     * @param client who
     * @param sessionPresent whether it resumed a session
     */
    record ClientConnected(Client client, boolean sessionPresent) implements Event {}

    /**
     * A CONNECT was refused.
     *
     * @param client who it said it was
     * @param reason why
     */
    record ClientRefused(Client client, ReasonCode reason) implements Event {}

    /**
     * A connected client is gone.
     *
     * @param client who
     * @param reason why; SUCCESS after a DISCONNECT of the client, UNSPECIFIED_ERROR if its connection just closed
     * @param text for people
     */
    record ClientDisconnected(Client client, ReasonCode reason, String text) implements Event {}

    /**
     * A session has come into being.
     *
     * @param clientId its client
     */
    record SessionCreated(String clientId) implements Event {}

    /**
     * A session has ended, with all its subscriptions and messages.
     *
     * @param clientId its client
     */
    record SessionEnded(String clientId) implements Event {}

    /**
     * A message for a session was dropped.
     *
     * @param clientId for whom
     * @param topic of the message
     * @param reason the name of the counter
     */
    record MessageDropped(String clientId, String topic, String reason) implements Event {}
}
