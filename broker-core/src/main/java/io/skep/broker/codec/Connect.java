// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.skep.sdk.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT. An empty client id is well-formed in every version; whether it is accepted is the broker's choice.
 *
 * @param bridge the level byte has its top bit set: the client is another broker, see {@link SubscribeFilter}
 * @param cleanStart Clean Session in 3.x
 * @param properties empty in 3.x
 */
public record Connect(
        ProtocolVersion version,
        boolean bridge,
        boolean cleanStart,
        int keepAliveSeconds,
        Properties properties,
        String clientId,
        @Nullable Will will,
        @Nullable String userName,
        byte @Nullable [] password)
        implements Packet {}
