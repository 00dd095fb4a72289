// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The codec against a table of bytes: what clients send is in {@code client-packets.txt} beside the classes.
 *
 * <p>Starting points: {@link io.skep.broker.codec.PacketDecoderTest}.
 */
@NullMarked
package io.skep.broker.codec;

import org.jspecify.annotations.NullMarked;
