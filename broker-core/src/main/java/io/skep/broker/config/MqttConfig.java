// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.sdk.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits and choices of the protocol.
 *
 * @param packetBytesMax largest packet a client may send, announced as Maximum Packet Size
 * @param clientIdBytesMax longest client id
 * @param topicBytesMax longest topic name or filter
 * @param topicLevelsMax most levels of a topic name or filter
 * @param controlCharacters whether topic names and filters may have control characters and Unicode non-characters
 * @param connectTimeout from accepting a connection to a whole CONNECT; also what a client may take for its part of an
 *     AUTH exchange
 * @param keepAliveMax longest keep alive; a longer or absent one is replaced (announced to 5.0 clients); zero for no
 *     limit
 * @param receiveMaximum unacknowledged QoS 1 and 2 messages that one client may have towards the broker
 * @param inFlightMax unacknowledged QoS 1 and 2 messages towards one client, if that does not ask for fewer
 * @param topicAliasMaximum aliases that a client may set up
 * @param outboundBytesMax bytes waiting for one slow connection, above which QoS 0 is dropped and its own packets are
 *     not read
 * @param emptyClientIds whether an empty client id is replaced by a made-up one
 * @param payloadFormatCheck whether a payload that is declared to be UTF-8 has to be that
 * @param sharedSubscriptionStrategy which member of a shared subscription gets a message
 * @param redirect whether clients are sent to another server
 * @param features what clients may use
 */
public record MqttConfig(
        int packetBytesMax,
        int clientIdBytesMax,
        int topicBytesMax,
        int topicLevelsMax,
        boolean controlCharacters,
        Duration connectTimeout,
        Duration keepAliveMax,
        int receiveMaximum,
        int inFlightMax,
        int topicAliasMaximum,
        int outboundBytesMax,
        boolean emptyClientIds,
        boolean payloadFormatCheck,
        SharedStrategy sharedSubscriptionStrategy,
        Redirect redirect,
        Features features) {

    /** Refuses what the protocol does not allow or what lets nothing through. */
    public MqttConfig {
        new Rules()
                .range("packet-bytes-max", packetBytesMax, 128, 268_435_460)
                .range("client-id-bytes-max", clientIdBytesMax, 23, 65_535)
                .range("topic-bytes-max", topicBytesMax, 1, 65_535)
                .range("topic-levels-max", topicLevelsMax, 1, 65_536)
                .range("connect-timeout", connectTimeout, Duration.ofMillis(10), Duration.ofHours(1))
                .range("keep-alive-max", keepAliveMax, Duration.ZERO, Duration.ofSeconds(65_535))
                .range("receive-maximum", receiveMaximum, 1, 65_535)
                .range("in-flight-max", inFlightMax, 1, 65_535)
                .range("topic-alias-maximum", topicAliasMaximum, 0, 65_535)
                .range("outbound-bytes-max", outboundBytesMax, 1_024, 1 << 30)
                .check();
    }

    /** Where the choice of a member begins; who cannot take a message is passed over. */
    public enum SharedStrategy {
        /** Each in its turn. */
        ROUND_ROBIN,
        /** Anyone. */
        RANDOM,
        /** The same one, as long as it is there and takes messages. */
        STICKY,
        /** One for each publishing client. */
        HASH_CLIENT,
        /** One for each topic. */
        HASH_TOPIC
    }

    /**
     * Sends clients to another server (clause 4.11).
     *
     * @param serverReference where to; what MQTT 5.0 clients are told as Server Reference
     * @param connect what a client is told that connects
     * @param stop what a connected client is told when the broker stops
     */
    public record Redirect(String serverReference, Kind connect, Kind stop) {

        /** What a client is told. */
        public enum Kind {
            /** Nothing: it is not sent away. */
            NONE(null),
            /** To use another server for now. */
            USE_ANOTHER_SERVER(ReasonCode.USE_ANOTHER_SERVER),
            /** To use another server from now on. */
            SERVER_MOVED(ReasonCode.SERVER_MOVED);

            private final @Nullable ReasonCode reason;

            Kind(@Nullable ReasonCode reason) {
                this.reason = reason;
            }

            /** {@return the reason for which a connection ends, null if it does not} */
            public @Nullable ReasonCode reason() {
                return reason;
            }
        }

        /** Nobody is sent away. */
        public static final Redirect DEFAULT = new Redirect("", Kind.NONE, Kind.NONE);

        /** Refuses to send clients to nowhere. */
        public Redirect {
            boolean needed = connect != Kind.NONE || stop != Kind.NONE;
            int bytes = serverReference.getBytes(StandardCharsets.UTF_8).length;
            new Rules()
                    .expect(
                            "server-reference",
                            "'" + serverReference + "'",
                            !(needed && serverReference.isBlank()) && serverReference.indexOf(0) < 0 && bytes <= 65_535,
                            "servers such as 'a.example b.example:1884'")
                    .check();
        }
    }

    /**
     * What clients may use; told to MQTT 5.0 clients by CONNACK (clause 3.2.2.3).
     *
     * @param qosMaximum highest QoS of a PUBLISH, and of what is granted
     * @param retain whether messages may be retained
     * @param wildcardSubscriptions whether filters may have wildcards
     * @param sharedSubscriptions whether there are shared subscriptions
     * @param subscriptionIdentifiers whether a subscription may have an identifier
     * @param responseInformation what a client is told that asks for Response Information, nothing if empty
     */
    public record Features(
            int qosMaximum,
            boolean retain,
            boolean wildcardSubscriptions,
            boolean sharedSubscriptions,
            boolean subscriptionIdentifiers,
            String responseInformation) {

        /** Everything, and no response information. */
        public static final Features DEFAULT = new Features(2, true, true, true, true, "");

        /** Refuses what is no QoS. */
        public Features {
            new Rules().range("qos-maximum", qosMaximum, 0, 2).check();
        }
    }

    /** As the record's description in {@code skep.yaml} says. */
    public static final MqttConfig DEFAULT = new MqttConfig(
            2_000_000,
            65_535,
            65_535,
            200,
            true,
            Duration.ofSeconds(10),
            Duration.ZERO,
            1_000,
            1_000,
            10,
            1 << 20,
            true,
            false,
            SharedStrategy.ROUND_ROBIN,
            Redirect.DEFAULT,
            Features.DEFAULT);
}
