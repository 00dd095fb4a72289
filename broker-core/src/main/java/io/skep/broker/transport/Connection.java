// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.skep.broker.codec.AckProperties;
import io.skep.broker.codec.Auth;
import io.skep.broker.codec.Connect;
import io.skep.broker.codec.Disconnect;
import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.Packet;
import io.skep.broker.codec.PacketDecoder;
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
import io.skep.broker.session.Replies;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.DisconnectRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: hands each packet to who deals with it, and ends in one place, whatever the reason. Lives on
 * its loop.
 */
final class Connection extends ChannelInboundHandlerAdapter implements PacketHandler {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

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
    private @Nullable Intake intake;
    private boolean congested;
    private int place;
    private long silenceMaxNanos;
    private @Nullable Replies replies; // once CONNECT has come
    private @Nullable Outlet outlet;
    private @Nullable Open open;
    private @Nullable Publishing publishing; // once there is something to publish
    private @Nullable Authentication authentication;

    /** What a connection has once it is accepted. */
    private record Open(Client client, Session session, Rights rights) {}

    Connection(Reception reception, Lane lane, ListenerConfig listener) {
        this.reception = reception;
        this.lane = lane;
        this.listener = listener;
        decoder = new PacketDecoder(reception.mqtt().packetBytesMax(), lane.frame());
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
        intake = new Intake(this, decoder, lane.loop(), ctx);
        ctx.channel().config().setWriteBufferWaterMark(reception.waterMark());
        reception.connections(lane.loop()).add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (intake == null || isClosed()) {
            ReferenceCountUtil.release(message);
        } else {
            intake.read((ByteBuf) message);
        }
    }

    /** Stops decoding until {@link #resume} has been called as often. */
    void pause() {
        if (intake != null) {
            intake.pause();
        }
    }

    void resume() {
        if (intake != null) {
            intake.resume();
        }
    }

    @Override
    public void onPublish(PublishFrame frame) {
        publishing().publish(frame);
    }

    @Override
    public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
        Session session = opened().session();
        outlet().replies().received(type, packetId, reasonCode, properties);
        if (type == PacketType.PUBACK) {
            session.puback(packetId);
        } else if (type == PacketType.PUBREC) {
            if (!session.pubrec(packetId, reasonCode >= 0x80)) {
                int unknown = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND.code();
                outlet().ack(PacketType.PUBREL, packetId, unknown, "");
            }
        } else if (type == PacketType.PUBREL) {
            publishing().acknowledgements().released(packetId);
        } else {
            session.pubcomp(packetId);
        }
    }

    @Override
    public void onPingreq() {
        opened();
        outlet().replies().pingresp(outlet().buffer());
    }

    @Override
    public void onPacket(Packet packet) {
        if (publishing == null) {
            handle(packet);
        } else {
            publishing.inspection().then(() -> handle(packet));
        }
    }

    private void handle(Packet packet) {
        if (packet instanceof Connect connect) {
            connect(connect);
        } else if (packet instanceof Subscribe subscribe) {
            subscribing().subscribe(subscribe);
        } else if (packet instanceof Unsubscribe unsubscribe) {
            subscribing().unsubscribe(unsubscribe);
        } else if (packet instanceof Disconnect disconnect) {
            disconnect(disconnect);
        } else if (packet instanceof Auth auth) {
            authentication(auth);
        }
    }

    private void authentication(Auth auth) {
        if (authentication == null) {
            throw new MqttException( // [MQTT-4.12.0-7]
                    ReasonCode.PROTOCOL_ERROR, "AUTH: (expected: after CONNECT with a method)");
        }
        authentication.receive(auth);
    }

    /** AUTH packets go there: CONNECT names a method. */
    void authentication(Authentication enhanced) {
        authentication = enhanced;
    }

    private void connect(Connect connect) {
        if (stage != Stage.OPENED) {
            throw new MqttException(
                    ReasonCode.PROTOCOL_ERROR, "CONNECT: a second one (expected: one)"); // [MQTT-3.1.0-2]
        }
        stage = Stage.CONNECTING;
        pause();
        new Arrival(this, connect).begin();
    }

    /** Says how the client is answered, now that it has said what it takes. */
    void arrived(Replies answers) {
        replies = answers;
    }

    private void disconnect(Disconnect disconnect) {
        DisconnectRequest request = request(disconnect);
        Open all = open;
        if (all != null) {
            checkExpiry(request, all.session());
            if (reception.hooks().interceptsDisconnect()) {
                request = reception.hooks().disconnect(all.client(), request, lane.loop());
            }
            changeExpiry(request, all.session());
        }
        end(request.reason() == ReasonCode.SUCCESS, request.reason(), "DISCONNECT");
        context().close();
    }

    private static DisconnectRequest request(Disconnect disconnect) {
        ReasonCode reason = ReasonCode.of(disconnect.reasonCode());
        Properties properties = disconnect.properties();
        return new DisconnectRequest(
                reason == null ? ReasonCode.UNSPECIFIED_ERROR : reason,
                properties.reasonString(),
                properties.sessionExpirySeconds(),
                properties.userProperties());
    }

    private static void checkExpiry(DisconnectRequest request, Session session) {
        if (request.sessionExpirySeconds() > 0 && session.expirySeconds() == 0) {
            throw new MqttException(ReasonCode.PROTOCOL_ERROR, "session expiry: set late"); // 3.14.2.2.2 of 5.0
        }
    }

    private void changeExpiry(DisconnectRequest request, Session session) {
        long expiry = request.sessionExpirySeconds();
        if (expiry >= 0 && session.expirySeconds() > 0) {
            session.expirySeconds(Math.min(expiry, reception.expiryMax().toSeconds()));
        }
    }

    private Open opened() {
        Open all = open;
        if (all == null) {
            throw new MqttException( // [MQTT-3.1.2-30]
                    ReasonCode.PROTOCOL_ERROR, "packet before CONNACK: (expected: AUTH or DISCONNECT)");
        }
        return all;
    }

    private Publishing publishing() {
        if (publishing == null) {
            Open all = opened();
            publishing = new Publishing(this, all.client(), all.session(), all.rights());
        }
        return publishing;
    }

    private Subscribing subscribing() {
        Open all = opened();
        return new Subscribing(this, all.client(), all.session(), all.rights());
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
        open = new Open(client, session, rights);
        stage = Stage.CONNECTED;
        this.silenceMaxNanos = silenceMaxNanos;
        reception.metrics().increment(Metric.CLIENTS_CONNECTED);
        resume();
    }

    /** Refuses the client: CONNACK with a reason, then the end. */
    void refuse(Client client, ReasonCode reason, String text) {
        refuse(client, new Farewell(reason, text));
    }

    /** Refuses the client: CONNACK with a reason, then the end. */
    void refuse(Client refused, Farewell farewell) {
        reception.hooks().fire(new Event.ClientRefused(refused, farewell.reason()));
        close(farewell);
    }

    /** Ends the connection, telling the client as its version allows. Any thread. */
    void close(ReasonCode reason, String text) {
        close(new Farewell(reason, text));
    }

    /** Ends the connection, telling the client as its version allows. Any thread. */
    void close(Farewell farewell) {
        if (!lane.loop().inLoop()) {
            lane.loop().execute(() -> close(farewell));
        } else if (stage != Stage.CLOSED) {
            tell(farewell);
            reception.metrics().increment(farewell.metric());
            ReasonCode reason = farewell.reason();
            String text = farewell.text();
            Reception.EVENTS.info(
                    "closed: {} from {}: {}: {}", name(), Peer.address(context().channel()), reason, text);
            end(false, reason, text);
            context().close();
        }
    }

    private void tell(Farewell farewell) {
        if (outlet != null) {
            outlet.flushNow();
        }
        if (open == null) {
            reception.metrics().increment(Metric.CLIENTS_REFUSED);
        }
        if (!context().channel().isActive()) {
            return;
        }
        ByteBuf last = context().alloc().directBuffer(64);
        Replies answers = replies;
        Farewell said = answers == null || !reception.hooks().interceptsReplies()
                ? farewell
                : farewell.with(answers, open != null);
        long most = answers == null ? Properties.UNLIMITED : answers.packetBytesMax();
        said.write(last, decoder.version(), open != null, most);
        context().writeAndFlush(last, context().voidPromise());
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
        if (intake != null) {
            intake.close();
        }
        if (outlet != null) {
            outlet.flushNow();
            outlet.shut();
        }
        if (publishing != null) {
            publishing.inspection().end();
        }
        Open all = open;
        if (all != null && outlet != null) {
            all.session().detach(outlet, gracefully);
            countReceived();
            reception.hooks().fire(new Event.ClientDisconnected(all.client(), reason, text));
        }
    }

    private void countReceived() {
        if (publishing != null) {
            reception.metrics().add(Metric.MESSAGES_RECEIVED, publishing.takeReceived());
        }
    }

    /** What has come before the end of the connection, and waits for an extension, is not lost with it. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (outlet != null) {
            outlet.shut();
        }
        if (congested) {
            congested = false;
            resume(); // nobody reads any more
        }
        if (stage != Stage.CONNECTED || intake == null || !intake.endsLater()) {
            inputEnded();
        }
    }

    /** No packet comes any more, and all that have come are handled. */
    void inputEnded() {
        end(false, ReasonCode.UNSPECIFIED_ERROR, "the connection was closed");
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        if (outlet == null
                || stage == Stage.CLOSED
                || writable != congested
                || !ctx.channel().isActive()) {
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
        long silent = intake == null ? 0 : intake.silenceNanos(nowNanos);
        if (stage == Stage.OPENED && silent > connectTimeoutNanos) {
            close(ReasonCode.MAXIMUM_CONNECT_TIME, "no CONNECT in time");
        } else if (authentication != null && authentication.isLate(nowNanos, connectTimeoutNanos)) {
            close(ReasonCode.NOT_AUTHORIZED, "no AUTH in time");
        } else if (stage == Stage.CONNECTED && silenceMaxNanos > 0 && silent > silenceMaxNanos) {
            close(ReasonCode.KEEP_ALIVE_TIMEOUT, "keep alive: nothing received in time");
        } else if (open != null) {
            if (publishing != null) {
                publishing.acknowledgements().endHold();
            }
            countReceived();
            reception.metrics().add(Metric.MESSAGES_SENT, outlet().takeSent());
        }
    }
}
