// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import org.jspecify.annotations.Nullable;

/**
 * The Will of a CONNECT.
 *
 * @param topic a checked topic name
 * @param properties with delay and expiry; empty in 3.x
 */
public record Will(byte[] topic, byte[] payload, int qos, boolean retain, Properties properties) {

    /** {@return as {@link PublishFrame#forwardableProperties}, for the PUBLISH that the will becomes} */
    public byte @Nullable [] forwardableProperties() {
        return properties.forwardable();
    }
}
