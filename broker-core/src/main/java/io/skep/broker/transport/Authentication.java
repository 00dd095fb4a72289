// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.skep.broker.codec.Auth;
import io.skep.broker.codec.Connect;
import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.hook.AuthExchange;
import io.skep.broker.loop.Loop;
import io.skep.broker.security.PermissionCheck;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Login;
import io.skep.sdk.event.Event;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Enhanced authentication (4.12 of 5.0) of a client whose CONNECT names a method: the exchange before CONNACK, then any
 * number of later ones on the live connection.
 *
 * <p>Before CONNACK the connection is paused while the extension thinks, and reads while the client does: as it is not
 * open yet, all that it takes then is AUTH and DISCONNECT. Once it is open nothing pauses, so other packets go on. The
 * client's time for an exchange is bounded, the extension's by the deadline of its hook. Lives on the connection's
 * loop.
 */
final class Authentication {

    /** Who is to speak. */
    private enum Turn {
        NOBODY,
        CLIENT,
        EXTENSION
    }

    private static final byte[] NO_DATA = {};

    private final Connection connection;
    private final Client client;
    private final String method;
    private final long packetBytesMax;
    private final Loop loop;
    private Turn turn = Turn.NOBODY;
    private @Nullable AuthExchange exchange;
    private @Nullable Consumer<? super AuthAnswer> done;
    private @Nullable Rights rights;
    private long askedNanos;
    private long waitedNanos; // for the client, before it was asked last

    Authentication(Connection connection, Client client, String method, Connect connect) {
        this.connection = connection;
        this.client = client;
        this.method = method;
        this.packetBytesMax = connect.properties().maximumPacketSize();
        this.loop = connection.lane().loop();
    }

    /**
     * Begins the exchange of a CONNECT.
     *
     * @param done gets an {@code Allow} or a {@code Deny}, unless the connection ends before
     */
    void begin(Connect connect, Consumer<? super AuthAnswer> done) {
        this.done = done;
        begin(new Login(client, connect.password(), connect.properties().userProperties()), connect.properties());
    }

    /** CONNACK with success is written: from now on the client may authenticate again, for other rights. */
    void accepted(Rights rights) {
        this.rights = rights;
    }

    void receive(Auth auth) {
        if (!method.equals(auth.properties().authenticationMethod())) {
            throw new MqttException( // [MQTT-4.12.0-5] [MQTT-4.12.1-1]
                    ReasonCode.PROTOCOL_ERROR, "authentication method: another one (expected: that of CONNECT)");
        }
        boolean again = auth.reasonCode() == ReasonCode.RE_AUTHENTICATE.code();
        boolean expected = again ? rights != null && turn == Turn.NOBODY : turn == Turn.CLIENT;
        if (!expected) {
            throw new MqttException( // [MQTT-4.12.0-3]
                    ReasonCode.PROTOCOL_ERROR,
                    "AUTH: reason code " + auth.reasonCode()
                            + " out of turn (expected: 24 to answer, 25 to begin anew)");
        }
        if (again) {
            begin(new Login(client, null), auth.properties());
        } else {
            waitedNanos += loop.nowNanos() - askedNanos;
            if (rights == null) {
                connection.pause();
            }
            say(auth.properties());
        }
    }

    /** {@return whether the client has taken too long for its exchange} */
    boolean isLate(long nowNanos, long waitNanosMax) {
        return turn == Turn.CLIENT && waitedNanos + nowNanos - askedNanos > waitNanosMax;
    }

    /** Names the method, and what there is to say last, in the CONNACK [MQTT-4.12.0-5]. */
    void describe(PropertiesBuilder connack, byte @Nullable [] data) {
        connack.authenticationMethod(method);
        if (data != null) {
            connack.authenticationData(data);
        }
    }

    private void begin(Login login, Properties properties) {
        exchange = connection.reception().hooks().exchange(method, login, loop);
        waitedNanos = 0;
        if (exchange == null) {
            decided(AuthAnswer.deny( // [MQTT-4.12.0-1]
                    ReasonCode.BAD_AUTHENTICATION_METHOD, "authentication method: unknown"));
        } else {
            say(properties);
        }
    }

    private void say(Properties properties) {
        turn = Turn.EXTENSION;
        byte[] data = properties.authenticationData();
        Objects.requireNonNull(exchange, "exchange").say(data == null ? NO_DATA : data, this::answered);
    }

    private void answered(AuthAnswer answer) {
        if (connection.isClosed()) {
            return;
        }
        if (answer instanceof AuthAnswer.Continue more) {
            turn = Turn.CLIENT;
            loop.tick(); // the answer may have come in a turn of its own
            askedNanos = loop.nowNanos();
            write(ReasonCode.CONTINUE_AUTHENTICATION, more.data()); // [MQTT-4.12.0-2]
            if (rights == null) {
                connection.resume();
            }
        } else {
            turn = Turn.NOBODY;
            exchange = null;
            decided(answer);
        }
    }

    private void decided(AuthAnswer answer) {
        if (rights == null) {
            Objects.requireNonNull(done, "done").accept(answer);
        } else if (answer instanceof AuthAnswer.Allow allow) {
            rights.replace(PermissionCheck.of(allow.permissions()));
            write(ReasonCode.SUCCESS, allow.data());
            if (connection.reception().hooks().listens(Event.ClientAuthenticated.class)) {
                connection.reception().hooks().fire(new Event.ClientAuthenticated(client, true));
            }
        } else if (answer instanceof AuthAnswer.Deny deny) {
            connection.close(new Farewell(deny.reason(), deny.text(), deny.serverReference())); // [MQTT-4.12.1-2]
        }
    }

    /** Writes an AUTH; Reason String and User Properties are never in it [MQTT-3.15.2-2] [MQTT-3.15.2-3]. */
    private void write(ReasonCode reason, byte @Nullable [] data) {
        PropertiesBuilder properties = Properties.builder();
        describe(properties, data);
        ByteBuf out = connection.context().alloc().directBuffer(64);
        PacketEncoder.auth(out, reason, properties.build());
        if (out.readableBytes() > packetBytesMax) {
            out.release();
            connection.close(ReasonCode.PACKET_TOO_LARGE, "AUTH: larger than the client's Maximum Packet Size");
        } else {
            if (rights != null) {
                connection.outlet().flushNow(); // what was decided by the old rights goes out before
            }
            connection.context().writeAndFlush(out, connection.context().voidPromise());
        }
    }
}
