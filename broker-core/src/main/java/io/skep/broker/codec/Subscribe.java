// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import java.util.List;

/**
 * SUBSCRIBE.
 *
 * @param subscriptionId 0 if there is none
 * @param properties empty in 3.x
 * @param filters at least one
 */
public record Subscribe(int packetId, int subscriptionId, Properties properties, List<SubscribeFilter> filters)
        implements Packet {}
