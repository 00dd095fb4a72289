// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.SkepConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** After the first start a port that was free then is asked for by its number, so that clients find it again. */
final class SamePorts {

    private SamePorts() {}

    static SkepConfig of(SkepConfig config, List<InetSocketAddress> addresses) {
        List<ListenerConfig> listeners = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            int place = listeners.size();
            boolean known = listener.port() == 0 && place < addresses.size();
            listeners.add(known ? onPort(listener, addresses.get(place).getPort()) : listener);
        }
        return new SkepConfig(
                listeners, config.mqtt(), config.sessions(), config.storage(), config.extensions(), config.threads());
    }

    private static ListenerConfig onPort(ListenerConfig listener, int port) {
        return new ListenerConfig(
                listener.name(),
                listener.type(),
                listener.address(),
                port,
                listener.path(),
                listener.tls(),
                listener.proxyProtocol());
    }
}
