// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import org.jspecify.annotations.Nullable;

/** A client library or tool, with what it has of MQTT 5.0. */
interface Mqtt5Clients {

    /** All of them log in as this user. */
    String USER = "ann";

    String PASSWORD = "secret";

    /**
     * How to connect.
     *
     * @param receiveMaximum 0: not said
     * @param topicAliasMaximum 0: none
     */
    record Connect(
            int port,
            String clientId,
            boolean cleanStart,
            long sessionExpirySeconds,
            int receiveMaximum,
            int topicAliasMaximum,
            @Nullable Will will) {

        static Connect as(String clientId, int port) {
            return new Connect(port, clientId, true, 0, 0, 0, null);
        }

        Connect staying(long seconds) {
            return new Connect(port, clientId, cleanStart, seconds, receiveMaximum, topicAliasMaximum, will);
        }

        Connect resuming() {
            return new Connect(port, clientId, false, sessionExpirySeconds, receiveMaximum, topicAliasMaximum, will);
        }

        Connect receiving(int maximum) {
            return new Connect(port, clientId, cleanStart, sessionExpirySeconds, maximum, topicAliasMaximum, will);
        }

        Connect aliasing(int maximum) {
            return new Connect(port, clientId, cleanStart, sessionExpirySeconds, receiveMaximum, maximum, will);
        }

        Connect with(Will last) {
            return new Connect(
                    port, clientId, cleanStart, sessionExpirySeconds, receiveMaximum, topicAliasMaximum, last);
        }
    }

    /** What is published for a client that has gone. */
    record Will(Mqtt5Message message, int delaySeconds) {}

    /**
     * What to subscribe to, and how.
     *
     * @param identifier 0: none
     */
    record Subscribe(
            String filter, int qos, int identifier, boolean noLocal, boolean retainAsPublished, int retainHandling) {

        static Subscribe to(String filter) {
            return new Subscribe(filter, 2, 0, false, false, 0);
        }

        Subscribe identified(int number) {
            return new Subscribe(filter, qos, number, noLocal, retainAsPublished, retainHandling);
        }

        Subscribe withoutOwn() {
            return new Subscribe(filter, qos, identifier, true, retainAsPublished, retainHandling);
        }

        Subscribe keepingRetain() {
            return new Subscribe(filter, qos, identifier, noLocal, true, retainHandling);
        }

        Subscribe handlingRetained(int how) {
            return new Subscribe(filter, qos, identifier, noLocal, retainAsPublished, how);
        }
    }

    /** What the broker says about itself in CONNACK. */
    record Announced(boolean sessionPresent, int receiveMaximum, int topicAliasMaximum, long packetBytesMax) {}

    /** {@return a short name, fit for topics and client ids} */
    String name();

    /** Connects; returns when the broker has accepted. */
    Mqtt5Connection connect(Connect how) throws Exception;
}
