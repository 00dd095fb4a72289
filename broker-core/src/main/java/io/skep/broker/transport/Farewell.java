// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.Properties;
import io.skep.broker.metrics.Metric;
import io.skep.broker.session.Replies;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.ReplyType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told when its connection ends. The one place that knows in which form, and under what that is
 * counted.
 *
 * @param reason why
 * @param text for the log, and for MQTT 5.0 clients
 * @param serverReference where to connect instead; only with a reason that says so
 * @param userProperties for MQTT 5.0 clients
 */
record Farewell(ReasonCode reason, String text, @Nullable String serverReference, List<UserProperty> userProperties) {

    Farewell {
        text = EventLog.line(text);
    }

    Farewell(ReasonCode reason, String text, @Nullable String serverReference) {
        this(reason, text, serverReference, List.of());
    }

    Farewell(ReasonCode reason, String text) {
        this(reason, text, null);
    }

    /** {@return what extensions leave of it} */
    Farewell with(Replies replies, boolean accepted) {
        ReplyType type = accepted ? ReplyType.DISCONNECT : ReplyType.CONNACK;
        ReasonCode nearest = accepted ? ofDisconnect(reason) : ofConnack(reason);
        ReasonCode carried = type.nearest(nearest, ReasonCode.UNSPECIFIED_ERROR);
        Reply left = replies.last(type, carried, text);
        String said = left.reasonString();
        ReasonCode same = left.reason() == carried ? reason : left.reason(); // 3.x knows it by another code
        return new Farewell(same, said == null ? "" : said, serverReference, left.userProperties());
    }

    /**
     * Writes the last packet, if the version has one that is small enough: CONNACK to who was not accepted yet, else
     * DISCONNECT.
     */
    void write(ByteBuf out, ProtocolVersion version, boolean accepted, long packetBytesMax) {
        if (version != ProtocolVersion.V5_0) {
            if (!accepted) {
                PacketEncoder.connack(out, version, false, reason, Properties.EMPTY);
            }
            return;
        }
        Properties where = serverReference == null
                ? Properties.EMPTY
                : Properties.builder().serverReference(serverReference).build();
        Properties all =
                text.isEmpty() ? where : where.toBuilder().reasonString(text).build();
        Properties more = all.toBuilder().userProperties(userProperties).build();
        for (Properties properties : List.of(more, all, where, Properties.EMPTY)) {
            if (accepted) {
                PacketEncoder.disconnect(out, ofDisconnect(reason), properties); // [MQTT-3.14.2-3]
            } else {
                PacketEncoder.connack(out, version, false, ofConnack(reason), properties); // [MQTT-3.2.2-19]
            }
            if (out.readableBytes() <= packetBytesMax) {
                return;
            }
            out.clear();
        }
    }

    /** {@return the reason, or the nearest one that a server's DISCONNECT may have [MQTT-3.14.2-1]} */
    private static ReasonCode ofDisconnect(ReasonCode reason) {
        return switch (reason) {
            case BAD_USER_NAME_OR_PASSWORD, BANNED, CLIENT_IDENTIFIER_NOT_VALID -> ReasonCode.NOT_AUTHORIZED;
            case SERVER_UNAVAILABLE -> ReasonCode.SERVER_BUSY;
            case UNSUPPORTED_PROTOCOL_VERSION, PACKET_IDENTIFIER_IN_USE, PACKET_IDENTIFIER_NOT_FOUND ->
                ReasonCode.UNSPECIFIED_ERROR;
            default -> reason;
        };
    }

    /** {@return the reason, or the nearest one that a CONNACK may have [MQTT-3.2.2-8]} */
    private static ReasonCode ofConnack(ReasonCode reason) {
        return switch (reason) {
            case SERVER_SHUTTING_DOWN -> ReasonCode.SERVER_UNAVAILABLE;
            case KEEP_ALIVE_TIMEOUT,
                    SESSION_TAKEN_OVER,
                    TOPIC_FILTER_INVALID,
                    PACKET_IDENTIFIER_IN_USE,
                    PACKET_IDENTIFIER_NOT_FOUND,
                    RECEIVE_MAXIMUM_EXCEEDED,
                    TOPIC_ALIAS_INVALID,
                    MESSAGE_RATE_TOO_HIGH,
                    ADMINISTRATIVE_ACTION,
                    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    MAXIMUM_CONNECT_TIME,
                    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED -> ReasonCode.UNSPECIFIED_ERROR;
            default -> reason;
        };
    }

    Metric metric() {
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
}
