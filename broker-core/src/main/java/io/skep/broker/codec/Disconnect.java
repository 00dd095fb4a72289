// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

/**
 * DISCONNECT.
 *
 * @param reasonCode 0 where the packet has none
 * @param properties empty in 3.x
 */
public record Disconnect(int reasonCode, Properties properties) implements Packet {}
