// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.SkepConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Placeholder that binds its ports and no more; replaced when the parts are put together. */
public final class Broker {

    private final List<ServerSocketChannel> channels = new ArrayList<>();

    private Broker() {}

    public static Broker start(SkepConfig config, Path home) throws IOException {
        var broker = new Broker();
        for (ListenerConfig listener : config.listeners()) {
            var address = new InetSocketAddress(listener.address(), listener.port());
            try {
                broker.channels.add(ServerSocketChannel.open().bind(address));
            } catch (IOException e) {
                broker.stop();
                throw new StartException("listener " + listener.name() + ": " + address + ": " + e.getMessage());
            }
        }
        LoggerFactory.getLogger(Broker.class).info("Listening on {} in {}", broker.addresses(), home);
        return broker;
    }

    public List<InetSocketAddress> addresses() {
        return channels.stream()
                .map(channel -> (InetSocketAddress) channel.socket().getLocalSocketAddress())
                .toList();
    }

    public void stop() {
        for (ServerSocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                LoggerFactory.getLogger(Broker.class).warn("Closing {}", channel, e);
            }
        }
    }
}
