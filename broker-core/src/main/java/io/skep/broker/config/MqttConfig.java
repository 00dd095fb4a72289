// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.time.Duration;

/**
 * Limits and choices of the protocol.
 *
 * @param packetBytesMax largest packet a client may send, announced as Maximum Packet Size
 * @param clientIdBytesMax longest client id
 * @param topicBytesMax longest topic name or filter
 * @param topicLevelsMax most levels of a topic name or filter
 * @param connectTimeout from accepting a connection to a whole CONNECT
 * @param keepAliveMax longest keep alive; a longer or absent one is replaced (announced to 5.0 clients); zero for no
 *     limit
 * @param receiveMaximum unacknowledged QoS 1 and 2 messages that one client may have towards the broker
 * @param inFlightMax unacknowledged QoS 1 and 2 messages towards one client, if that does not ask for fewer
 * @param topicAliasMaximum aliases that a client may set up
 * @param outboundBytesMax bytes waiting for one slow connection, above which QoS 0 is dropped and its own packets are
 *     not read
 * @param emptyClientIds whether an empty client id is replaced by a made-up one
 */
public record MqttConfig(
        int packetBytesMax,
        int clientIdBytesMax,
        int topicBytesMax,
        int topicLevelsMax,
        Duration connectTimeout,
        Duration keepAliveMax,
        int receiveMaximum,
        int inFlightMax,
        int topicAliasMaximum,
        int outboundBytesMax,
        boolean emptyClientIds) {

    /** As the record's description in {@code skep.yaml} says. */
    public static final MqttConfig DEFAULT = new MqttConfig(
            2_000_000, 65_535, 65_535, 200, Duration.ofSeconds(10), Duration.ZERO, 1_000, 1_000, 10, 1 << 20, true);
}
