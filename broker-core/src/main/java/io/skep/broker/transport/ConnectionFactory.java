// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.ChannelHandler;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.loop.Loop;

/**
 * Makes the handler of one connection. Whatever the transport, the handler reads and writes plain
 * {@link io.netty.buffer.ByteBuf}s and is the last of its pipeline. Its {@code channelActive} is called once PROXY
 * header, TLS and WebSocket handshakes have succeeded, so that {@link Peer} knows all there is to know; a connection
 * which fails before that never gets a handler.
 */
@FunctionalInterface
public interface ConnectionFactory {

    /** Called on the connection's loop. */
    ChannelHandler create(Loop loop, ListenerConfig listener);
}
