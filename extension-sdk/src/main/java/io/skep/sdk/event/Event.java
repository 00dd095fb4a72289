// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.event;

import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened. New kinds may come: a switch over them needs a default.
 *
 * <p>An extension hears of one event at a time, on one of its own threads; listeners of the same event in the order of
 * their registration. What happens on one connection comes in its order, while between clients there is none. The
 * broker never waits for a listener: an extension that lags behind by more than {@code extensions.events-max} loses
 * what comes then, which is counted. What a listener throws is counted and logged as a failure of its extension, and
 * changes nothing.
 */
public interface Event {

    /** The broker has loaded its sessions, and is about to let clients in. Extensions that come later miss it. */
    record BrokerStarting() implements Event {}

    /**
     * Clients can connect. Extensions that come later miss it.
     *
     * @param addresses where, in the order of the configuration
     */
    record BrokerReady(List<InetSocketAddress> addresses) implements Event {

        /** Copies the list. */
        public BrokerReady {
            addresses = List.copyOf(addresses);
        }
    }

    /** The broker begins to stop: clients are about to be told. */
    record BrokerStopping() implements Event {}

    /**
     * A client has proven who it is. It is not connected yet, if this is not {@code again}.
     *
     * @param client who
     * @param again whether it was connected already, and has authenticated again
     */
    record ClientAuthenticated(Client client, boolean again) implements Event {}

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
     * A client has a session again that it had before.
     *
     * @param clientId its client
     */
    record SessionResumed(String clientId) implements Event {}

    /**
     * A client has subscribed, and its subscription is in effect. A subscription that replaces one with the same filter
     * is told, too. If the connection ends while the subscription is stored, this comes after
     * {@link ClientDisconnected}. What extensions add with {@link io.skep.sdk.service.Subscriptions#add
     * Subscriptions.add} is not told.
     *
     * @param client who
     * @param topicFilter of a shared subscription with {@code $share/<name>/}
     * @param qos what was granted
     */
    record ClientSubscribed(Client client, String topicFilter, Qos qos) implements Event {}

    /**
     * A client has ended a subscription. Those that end with their session are not told one by one, and those that
     * extensions remove not at all.
     *
     * @param client who
     * @param topicFilter of a shared subscription with {@code $share/<name>/}
     */
    record ClientUnsubscribed(Client client, String topicFilter) implements Event {}

    /**
     * A session has ended, with all its subscriptions and messages.
     *
     * @param clientId its client
     */
    record SessionEnded(String clientId) implements Event {}

    /**
     * A message was dropped: on its way to one recipient, or, with the reasons {@code DROPPED_NOT_AUTHORIZED},
     * {@code DROPPED_PAYLOAD_FORMAT} and {@code DROPPED_BY_PUBLISH_INTERCEPTOR}, on its way in from its publisher. One
     * that no subscription matches is only counted, as {@code DROPPED_NO_SUBSCRIBER}. A will, and a message of an
     * extension, that an interceptor keeps back is not told.
     *
     * @param clientId for whom, or of the publisher; empty if it waited for any member of a shared group
     * @param topic of the message; empty if that cannot be read from the storage any more
     * @param reason the name of the counter
     * @param sharedFilter of the group that it waited for, with {@code $share/<name>/}; null if it was for one client
     */
    record MessageDropped(
            String clientId,
            String topic,
            String reason,
            @Nullable String sharedFilter) implements Event {

        /** Of a message for, or from, one client. */
        public MessageDropped(String clientId, String topic, String reason) {
            this(clientId, topic, reason, null);
        }
    }
}
