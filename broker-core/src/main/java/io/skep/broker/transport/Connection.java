// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.skep.broker.codec.Auth;
import io.skep.broker.codec.Connect;
import io.skep.broker.codec.Disconnect;
import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.Packet;
import io.skep.broker.codec.PacketDecoder;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.PacketHandler;
import io.skep.broker.codec.PacketType;
import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PublishFrame;
import io.skep.broker.codec.Subscribe;
import io.skep.broker.codec.Unsubscribe;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.session.Lane;
import io.skep.broker.session.Outlet;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.event.Event;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads packets and hands each to who deals with it, keeps its time, and ends it, with the one
 * place that knows what a client is told then. Lives on its loop.
 *
 * <p>While something must be waited for (an extension, the disk, a client that does not read) the connection is paused:
 * no further packet is decoded, so the order holds; what arrives is kept up to a bound, then the socket is no longer
 * read.
 */
final class Connection extends ChannelInboundHandlerAdapter implements PacketHandler {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    private static final int KEPT_WHILE_PAUSED_BYTES = 1 << 16;

    private enum Stage {
        OPENED,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    private final Reception reception;
    private final Lane lane;
    private final ListenerConfig listener;
    private final PacketDecoder decoder;
    private Stage stage = Stage.OPENED;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf kept; // what has arrived and is not decoded yet
    private int pauses;
    private boolean decoding;
    private boolean congested;
    private int place;
    private long lastPacketNanos;
    private long silenceMaxNanos;
    private @Nullable Outlet outlet;
    private @Nullable Open open;

    /** What a connection has once it is accepted. */
    private record Open(Client client, Session session, Publishing publishing, Subscribing subscribing) {}

    Connection(Reception reception, Lane lane, ListenerConfig listener) {
        this.reception = reception;
        this.lane = lane;
        this.listener = listener;
        decoder = new PacketDecoder(reception.mqtt().packetBytesMax());
    }

    Reception reception() {
        return reception;
    }

    Lane lane() {
        return lane;
    }

    ListenerConfig listener() {
        return listener;
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("channel: none (expected: one, once it is active)");
        }
        return context;
    }

    int place() {
        return place;
    }

    void place(int next) {
        place = next;
    }

    boolean isClosed() {
        return stage == Stage.CLOSED;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        int max = reception.mqtt().outboundBytesMax();
        ctx.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(max / 2, max));
        lane.loop().tick();
        lastPacketNanos = lane.loop().nowNanos();
        reception.connections(lane.loop()).add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (stage == Stage.CLOSED) {
            in.release();
            return;
        }
        lane.loop().tick();
        ByteBuf before = kept;
        if (before != null) {
            in = Cumulation.append(ctx.alloc(), before, in);
            kept = null;
        }
        decode(in);
    }

    private void decode(ByteBuf in) {
        int start = in.readerIndex();
        decoding = true;
        try {
            while (pauses == 0 && stage != Stage.CLOSED && decoder.decode(in, this)) {
                // each packet is handled by the call of this handler
            }
        } catch (MqttException e) {
            close(e.reason(), String.valueOf(e.getMessage()));
        } finally {
            decoding = false;
        }
        if (in.readerIndex() != start) {
            lastPacketNanos = lane.loop().nowNanos();
        }
        if (stage == Stage.CLOSED || !in.isReadable()) {
            in.release();
        } else {
            keep(in);
        }
    }

    private void keep(ByteBuf in) {
        if (pauses > 0) {
            kept = in;
            if (in.readableBytes() > KEPT_WHILE_PAUSED_BYTES) {
                context().channel().config().setAutoRead(false);
            }
        } else {
            kept = Cumulation.compact(context().alloc(), in);
        }
    }

    /** Stops decoding until {@link #resume} has been called as often. */
    void pause() {
        pauses++;
    }

    void resume() {
        pauses--;
        if (pauses == 0 && !decoding) {
            lane.loop().execute(this::goOn); // not from within another's step
        }
    }

    private void goOn() {
        ByteBuf in = kept;
        if (pauses > 0 || stage == Stage.CLOSED) {
            return;
        }
        kept = null;
        if (in != null) {
            decode(in);
        }
        if (pauses == 0 && stage != Stage.CLOSED) {
            context().channel().config().setAutoRead(true);
        }
    }

    @Override
    public void onPublish(PublishFrame frame) {
        opened().publishing().publish(frame);
    }

    @Override
    public void onAck(PacketType type, int packetId, int reasonCode) {
        Session session = opened().session();
        if (type == PacketType.PUBACK) {
            session.puback(packetId);
        } else if (type == PacketType.PUBREC) {
            if (!session.pubrec(packetId, reasonCode >= 0x80)) {
                int unknown = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND.code();
                PacketEncoder.ack(outlet().buffer(), outlet().isV5(), PacketType.PUBREL, packetId, unknown);
            }
        } else if (type == PacketType.PUBREL) {
            opened().publishing().released(packetId);
        } else {
            session.pubcomp(packetId);
        }
    }

    @Override
    public void onPingreq() {
        opened();
        PacketEncoder.pingresp(outlet().buffer()); // [MQTT-3.12.4-1]
    }

    @Override
    public void onPacket(Packet packet) {
        if (packet instanceof Connect connect) {
            connect(connect);
        } else if (packet instanceof Subscribe subscribe) {
            opened().subscribing().subscribe(subscribe);
        } else if (packet instanceof Unsubscribe unsubscribe) {
            opened().subscribing().unsubscribe(unsubscribe);
        } else if (packet instanceof Disconnect disconnect) {
            disconnect(disconnect);
        } else if (packet instanceof Auth) {
            throw new MqttException(ReasonCode.PROTOCOL_ERROR, "AUTH: (expected: after CONNECT with a method)");
        }
    }

    private void connect(Connect connect) {
        if (stage != Stage.OPENED) {
            throw new MqttException(
                    ReasonCode.PROTOCOL_ERROR, "CONNECT: a second one (expected: one)"); // [MQTT-3.1.0-2]
        }
        stage = Stage.CONNECTING;
        pause();
        new Handshake(this, connect).begin();
    }

    private void disconnect(Disconnect disconnect) {
        opened();
        ReasonCode reason = ReasonCode.of(disconnect.reasonCode());
        end(disconnect.reasonCode() == 0, reason == null ? ReasonCode.UNSPECIFIED_ERROR : reason, "DISCONNECT");
        context().close();
    }

    private Open opened() {
        Open all = open;
        if (all == null) {
            throw new MqttException(ReasonCode.PROTOCOL_ERROR, "first packet: (expected: CONNECT)"); // [MQTT-3.1.0-1]
        }
        return all;
    }

    Outlet outlet() {
        Outlet way = outlet;
        if (way == null) {
            throw new IllegalStateException("outlet: none (expected: one, after CONNECT)");
        }
        return way;
    }

    void outlet(Outlet way) {
        outlet = way;
        way.writable(!congested);
    }

    /** CONNACK with success is written: the client is connected. */
    void accepted(Client client, Session session, Rights rights, long silenceMaxNanos) {
        Publishing publishing = new Publishing(this, client, session, rights);
        open = new Open(client, session, publishing, new Subscribing(this, client, session, rights));
        stage = Stage.CONNECTED;
        this.silenceMaxNanos = silenceMaxNanos;
        reception.metrics().increment(Metric.CLIENTS_CONNECTED);
        resume();
    }

    /** Refuses the client: CONNACK with a reason, then the end. */
    void refuse(@Nullable Client client, ReasonCode reason, String text) {
        if (client != null) {
            reception.hooks().fire(new Event.ClientRefused(client, reason));
        }
        close(reason, text);
    }

    /** Ends the connection, telling the client as its version allows. Any thread. */
    void close(ReasonCode reason, String text) {
        if (!lane.loop().inLoop()) {
            lane.loop().execute(() -> close(reason, text));
        } else if (stage != Stage.CLOSED) {
            tell(reason, text);
            reception.metrics().increment(metric(reason));
            Reception.EVENTS.info(
                    "closed: {} from {}: {}: {}", name(), Peer.address(context().channel()), reason, text);
            end(false, reason, text);
            context().close();
        }
    }

    private void tell(ReasonCode reason, String text) {
        boolean v5 = decoder.version() == io.skep.sdk.ProtocolVersion.V5_0;
        ByteBuf last = context().alloc().directBuffer(64);
        if (open == null) {
            Properties properties = v5 && !text.isEmpty()
                    ? Properties.builder().reasonString(text).build()
                    : Properties.EMPTY;
            PacketEncoder.connack(last, decoder.version(), false, reason, properties);
            reception.metrics().increment(Metric.CLIENTS_REFUSED);
        } else if (v5) {
            PacketEncoder.disconnect(last, reason, text);
        }
        if (outlet != null) {
            outlet.flushNow();
        }
        context().writeAndFlush(last, context().voidPromise());
    }

    private static Metric metric(ReasonCode reason) {
        return switch (reason) {
            case MALFORMED_PACKET, TOPIC_NAME_INVALID, TOPIC_FILTER_INVALID -> Metric.CLOSED_MALFORMED_PACKET;
            case PROTOCOL_ERROR, RECEIVE_MAXIMUM_EXCEEDED, TOPIC_ALIAS_INVALID -> Metric.CLOSED_PROTOCOL_ERROR;
            case PACKET_TOO_LARGE -> Metric.CLOSED_PACKET_TOO_LARGE;
            case KEEP_ALIVE_TIMEOUT -> Metric.CLOSED_KEEP_ALIVE;
            case MAXIMUM_CONNECT_TIME -> Metric.CLOSED_CONNECT_TIMEOUT;
            case SESSION_TAKEN_OVER -> Metric.CLOSED_TAKEN_OVER;
            default -> Metric.CLOSED_OTHER;
        };
    }

    private String name() {
        return open == null
                ? "a connection"
                : "client '" + EventLog.line(open.client().id()) + "'";
    }

    /** The end, once: the session hears of it, and the connection forgets everything. */
    private void end(boolean gracefully, ReasonCode reason, String text) {
        if (stage == Stage.CLOSED) {
            return;
        }
        stage = Stage.CLOSED;
        reception.connections(lane.loop()).remove(this);
        if (kept != null) {
            kept.release();
            kept = null;
        }
        if (outlet != null) {
            outlet.flushNow();
        }
        Open all = open;
        if (all != null && outlet != null) {
            all.session().detach(outlet, gracefully);
            reception.metrics().add(Metric.MESSAGES_RECEIVED, all.publishing().takeReceived());
            reception.hooks().fire(new Event.ClientDisconnected(all.client(), reason, text));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(false, ReasonCode.UNSPECIFIED_ERROR, "the connection was closed");
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        if (outlet == null || stage == Stage.CLOSED || writable != congested) {
            return;
        }
        congested = !writable;
        outlet.writable(writable);
        if (!writable) {
            pause(); // who does not read is not read
            return;
        }
        resume();
        if (open != null) {
            open.session().writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof io.netty.handler.codec.DecoderException || cause instanceof javax.net.ssl.SSLException) {
            close(ReasonCode.MALFORMED_PACKET, EventLog.line("below MQTT: " + cause.getMessage()));
        } else if (cause instanceof IOException) {
            end(false, ReasonCode.UNSPECIFIED_ERROR, String.valueOf(cause.getMessage()));
        } else {
            log.error("a connection failed: {}", name(), cause);
            close(ReasonCode.UNSPECIFIED_ERROR, "internal error");
        }
        ctx.close();
    }

    /** Ends the connection if its client has been silent for too long [MQTT-3.1.2-24]. */
    void checkSilence(long nowNanos, long connectTimeoutNanos) {
        long silent = nowNanos - lastPacketNanos;
        if (stage == Stage.OPENED && silent > connectTimeoutNanos) {
            close(ReasonCode.MAXIMUM_CONNECT_TIME, "no CONNECT in time");
        } else if (stage == Stage.CONNECTED && silenceMaxNanos > 0 && silent > silenceMaxNanos && pauses == 0) {
            close(ReasonCode.KEEP_ALIVE_TIMEOUT, "keep alive: nothing received in time");
        } else if (open != null) {
            reception.metrics().add(Metric.MESSAGES_RECEIVED, open.publishing().takeReceived());
            reception.metrics().add(Metric.MESSAGES_SENT, outlet().takeSent());
        }
    }
}
