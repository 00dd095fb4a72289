// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import java.util.List;

/**
 * UNSUBSCRIBE.
 *
 * @param properties empty in 3.x
 * @param filters at least one, each a checked topic filter
 */
public record Unsubscribe(int packetId, Properties properties, List<byte[]> filters) implements Packet {}
