// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;

/**
 * What runs here.
 *
 * @param version of the broker
 * @param dataId a name that the data was given when it was new, and which goes along with it
 * @param startedAt when the broker began to start
 * @param listeners that are open, in the order of the configuration
 */
public record BrokerFacts(String version, String dataId, Instant startedAt, List<Listener> listeners) {

    /**
     * A listener.
     *
     * @param name of the configuration
     * @param type of the configuration, such as {@code tcp}
     * @param address where it is bound
     */
    public record Listener(String name, String type, InetSocketAddress address) {}
}
