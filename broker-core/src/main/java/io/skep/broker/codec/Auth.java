// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

/**
 * AUTH of MQTT 5.0; it always names its Authentication Method.
 *
 * @param reasonCode 0x18 Continue authentication or 0x19 Re-authenticate
 */
public record Auth(int reasonCode, Properties properties) implements Packet {}
