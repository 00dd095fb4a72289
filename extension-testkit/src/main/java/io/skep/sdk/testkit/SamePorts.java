// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.SkepConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Free ports for the listeners of a broker, which are the same after a restart. A socket that is bound, and does not
 * listen, keeps each from other programs, also while the broker is stopped.
 */
final class SamePorts {

    /** Only Linux lets a program listen on a port that another socket is bound to. */
    private static final boolean KEEPS = "Linux".equals(System.getProperty("os.name"));

    private final List<Socket> kept = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>(); // by the place of the listener

    /** {@return the configuration with a port for each listener that asks for any} */
    SkepConfig of(SkepConfig config) throws IOException {
        List<ListenerConfig> listeners = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            int place = listeners.size();
            if (KEEPS && place == ports.size()) {
                keepAnother();
            }
            boolean known = listener.port() == 0 && place < ports.size();
            listeners.add(known ? onPort(listener, ports.get(place)) : listener);
        }
        return new SkepConfig(
                listeners, config.mqtt(), config.sessions(), config.storage(), config.extensions(), config.threads());
    }

    private void keepAnother() throws IOException {
        Socket socket = new Socket();
        kept.add(socket);
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ports.add(socket.getLocalPort());
    }

    /** The broker has started with these. */
    void remember(List<InetSocketAddress> addresses) {
        ports.clear();
        addresses.forEach(address -> ports.add(address.getPort()));
    }

    void forget() throws IOException {
        for (Socket socket : kept) {
            socket.close();
        }
        kept.clear();
        ports.clear();
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
