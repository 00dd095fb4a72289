// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The Will of a CONNECT.
 *
 * @param topic a checked topic name
 * @param properties with delay and expiry; empty in 3.x
 */
public record Will(byte[] topic, byte[] payload, int qos, boolean retain, Properties properties) {

    /** {@return whether the payload is UTF-8, or does not say that it is} */
    public boolean isPayloadAsDeclared() {
        return !properties.payloadIsText() || ByteBufUtil.isText(Unpooled.wrappedBuffer(payload), UTF_8);
    }

    /** {@return as {@link PublishFrame#forwardableProperties}, for the PUBLISH that the will becomes} */
    public byte @Nullable [] forwardableProperties() {
        return properties.forwardable();
    }
}
