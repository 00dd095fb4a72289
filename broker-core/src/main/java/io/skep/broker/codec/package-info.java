// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * MQTT 3.1, 3.1.1 and 5.0 on the wire: bytes to packets and back, strict and bounded.
 *
 * <p>Starting points: {@link io.skep.broker.codec.PacketDecoder}, {@link io.skep.broker.codec.PacketEncoder}. A decoder
 * belongs to one connection and runs on its loop; the encoder is static and keeps nothing.
 */
@NullMarked
package io.skep.broker.codec;

import org.jspecify.annotations.NullMarked;
