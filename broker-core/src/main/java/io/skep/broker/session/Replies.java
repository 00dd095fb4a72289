// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.netty.buffer.ByteBuf;
import io.skep.broker.codec.AckProperties;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.PacketType;
import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.ReplyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How one client is answered: what extensions make of each packet, its text only to who wants it [MQTT-3.1.2-29], and
 * no packet larger than the client takes [MQTT-3.4.2-2] [MQTT-3.5.2-2] [MQTT-3.9.2-1]. Lives on the connection's loop.
 */
public final class Replies {

    private final Client client;
    private final boolean explains;
    private final long packetBytesMax;
    private final HookChains hooks;
    private final Loop loop;

    /**
     * For one client.
     *
     * @param asked the properties of its CONNECT
     */
    public Replies(Client client, Properties asked, HookChains hooks, Loop loop) {
        this.client = client;
        this.explains = asked.requestProblemInformation();
        this.packetBytesMax = asked.maximumPacketSize();
        this.hooks = hooks;
        this.loop = loop;
    }

    boolean isV5() {
        return client.version() == ProtocolVersion.V5_0;
    }

    /** {@return the client's Maximum Packet Size} */
    public long packetBytesMax() {
        return packetBytesMax;
    }

    /** Writes a PUBACK, PUBREC, PUBREL or PUBCOMP. */
    void ack(ByteBuf out, PacketType type, int packetId, int reasonCode, String text) {
        if (text.isEmpty() && !hooks.interceptsReplies()) {
            PacketEncoder.ack(out, isV5(), type, packetId, reasonCode);
            return;
        }
        Reply reply = shown(replyType(type), packetId, List.of(reason(reasonCode)), text);
        int code = reply.reason().code();
        if (isV5()) {
            write(out, reply, explains, all -> PacketEncoder.ack(out, type, packetId, code, all));
        } else {
            PacketEncoder.ack(out, false, type, packetId, code);
        }
    }

    /** Writes a SUBACK. */
    public void suback(ByteBuf out, int packetId, byte[] reasonCodes, String text) {
        if (text.isEmpty() && !hooks.interceptsReplies()) {
            PacketEncoder.suback(out, client.version(), packetId, reasonCodes, Properties.EMPTY);
            return;
        }
        Reply reply = shown(ReplyType.SUBACK, packetId, reasons(reasonCodes), text);
        byte[] codes = codes(reply);
        write(out, reply, explains, all -> PacketEncoder.suback(out, client.version(), packetId, codes, all));
    }

    /** Writes an UNSUBACK. */
    public void unsuback(ByteBuf out, int packetId, byte[] reasonCodes, String text) {
        if (text.isEmpty() && !hooks.interceptsReplies()) {
            PacketEncoder.unsuback(out, client.version(), packetId, reasonCodes, Properties.EMPTY);
            return;
        }
        Reply reply = shown(ReplyType.UNSUBACK, packetId, reasons(reasonCodes), text);
        byte[] codes = codes(reply);
        write(out, reply, explains, all -> PacketEncoder.unsuback(out, client.version(), packetId, codes, all));
    }

    /** Writes a CONNACK with success. */
    public void connack(ByteBuf out, boolean sessionPresent, Properties properties) {
        Consumer<Properties> writer =
                all -> PacketEncoder.connack(out, client.version(), sessionPresent, ReasonCode.SUCCESS, all);
        if (hooks.interceptsReplies()) {
            Reply reply = shown(ReplyType.CONNACK, 0, List.of(ReasonCode.SUCCESS), "");
            write(out, reply, true, more -> writer.accept(join(properties, more)));
        } else {
            writer.accept(properties);
        }
    }

    /** Writes a PINGRESP. */
    public void pingresp(ByteBuf out) {
        if (hooks.interceptsReplies()) {
            shown(ReplyType.PINGRESP, 0, List.of(), "");
        }
        PacketEncoder.pingresp(out); // [MQTT-3.12.4-1]
    }

    /**
     * {@return what extensions leave of the last packet of a connection}
     *
     * @param type CONNACK or DISCONNECT
     * @param reason that the packet may carry
     */
    public Reply last(ReplyType type, ReasonCode reason, String text) {
        return shown(type, 0, List.of(reason), text);
    }

    private Reply shown(ReplyType type, int packetId, List<ReasonCode> reasons, String text) {
        Reply reply = new Reply(type, packetId, reasons, text.isEmpty() ? null : text, List.of());
        return hooks.interceptsReplies() ? hooks.reply(client, reply, loop) : reply;
    }

    /** Writes it with all that it says, or with less if that is too large. */
    private void write(ByteBuf out, Reply reply, boolean says, Consumer<Properties> writer) {
        int start = out.writerIndex();
        String text = reply.reasonString();
        PropertiesBuilder first = Properties.builder();
        if (says && isV5() && text != null) {
            first.reasonString(text);
        }
        if (says && isV5() && !reply.userProperties().isEmpty()) {
            Properties reason = first.build();
            writer.accept(first.userProperties(reply.userProperties()).build());
            if (out.writerIndex() - start <= packetBytesMax) {
                return;
            }
            out.writerIndex(start);
            first = reason.toBuilder();
        }
        writer.accept(first.build());
        if (out.writerIndex() - start > packetBytesMax) {
            out.writerIndex(start);
            writer.accept(Properties.EMPTY);
        }
    }

    private static Properties join(Properties first, Properties more) {
        return more.isEmpty() ? first : first.with(more);
    }

    private static ReplyType replyType(PacketType type) {
        return switch (type) {
            case PUBACK -> ReplyType.PUBACK;
            case PUBREC -> ReplyType.PUBREC;
            case PUBREL -> ReplyType.PUBREL;
            case PUBCOMP -> ReplyType.PUBCOMP;
            default -> throw new IllegalArgumentException("type: " + type + " (expected: an acknowledgement)");
        };
    }

    private static List<ReasonCode> reasons(byte[] codes) {
        List<ReasonCode> reasons = new ArrayList<>(codes.length);
        for (byte code : codes) {
            reasons.add(reason(code & 0xFF));
        }
        return reasons;
    }

    private static byte[] codes(Reply reply) {
        byte[] codes = new byte[reply.reasons().size()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) reply.reasons().get(i).code();
        }
        return codes;
    }

    private static ReasonCode reason(int code) {
        return Objects.requireNonNull(ReasonCode.of(code), "reason");
    }

    /** Shows an acknowledgement of the client to the extensions that listen. */
    public void received(PacketType type, int packetId, int reasonCode, AckProperties said) {
        if (hooks.listensToAcks()) {
            List<ReasonCode> reasons = List.of(reason(reasonCode));
            Properties properties = said.read();
            Reply ack = new Reply(
                    replyType(type), packetId, reasons, properties.reasonString(), properties.userProperties());
            hooks.acknowledged(client, ack, loop);
        }
    }
}
