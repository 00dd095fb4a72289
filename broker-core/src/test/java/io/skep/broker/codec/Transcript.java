// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down in words what it hears from a decoder. */
final class Transcript implements PacketHandler {

    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return lines;
    }

    @Override
    public void onPublish(PublishFrame publish) {
        ByteBuf in = publish.buffer();
        lines.add("PUBLISH "
                + in.toString(publish.topicStart(), publish.topicLength(), UTF_8)
                        .replace("\uFEFF", "\\uFEFF")
                + " qos=" + publish.qos()
                + word(publish.dup(), "dup")
                + word(publish.retain(), "retain")
                + word(publish.packetId() > 0, "id=" + publish.packetId())
                + word(publish.topicAlias() > 0, "alias=" + publish.topicAlias())
                + word(publish.expirySeconds() >= 0, "expiry=" + publish.expirySeconds())
                + word(publish.payloadIsText(), "text")
                + properties(publish.forwardableProperties())
                + " payload=" + in.toString(publish.payloadStart(), publish.payloadLength(), UTF_8));
    }

    @Override
    public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
        lines.add(type + " id=" + packetId + " reason=" + reasonCode);
    }

    @Override
    public void onPingreq() {
        lines.add("PINGREQ");
    }

    @Override
    public void onPacket(Packet packet) {
        if (packet instanceof Connect connect) {
            lines.add(connect(connect));
        } else if (packet instanceof Subscribe subscribe) {
            lines.add(subscribe(subscribe));
        } else if (packet instanceof Unsubscribe unsubscribe) {
            StringBuilder line = new StringBuilder("UNSUBSCRIBE id=" + unsubscribe.packetId())
                    .append(properties(unsubscribe.properties().encoded()));
            unsubscribe.filters().forEach(filter -> line.append(' ').append(new String(filter, UTF_8)));
            lines.add(line.toString());
        } else if (packet instanceof Disconnect disconnect) {
            lines.add("DISCONNECT reason=" + disconnect.reasonCode()
                    + properties(disconnect.properties().encoded()));
        } else if (packet instanceof Auth auth) {
            lines.add("AUTH reason=" + auth.reasonCode()
                    + properties(auth.properties().encoded()));
        }
    }

    private static String connect(Connect connect) {
        byte[] password = connect.password();
        return "CONNECT " + connect.version()
                + word(connect.bridge(), "bridge")
                + word(connect.cleanStart(), "clean")
                + " keepAlive=" + connect.keepAliveSeconds()
                + properties(connect.properties().encoded())
                + " id=" + connect.clientId()
                + will(connect.will())
                + word(connect.userName() != null, "user=" + connect.userName())
                + (password == null ? "" : " password=" + new String(password, UTF_8));
    }

    private static String will(@Nullable Will will) {
        return will == null
                ? ""
                : " will(" + new String(will.topic(), UTF_8) + " qos=" + will.qos() + word(will.retain(), "retain")
                        + properties(will.properties().encoded()) + " payload=" + new String(will.payload(), UTF_8)
                        + ")";
    }

    private static String subscribe(Subscribe subscribe) {
        StringBuilder line = new StringBuilder("SUBSCRIBE id=" + subscribe.packetId())
                .append(word(subscribe.subscriptionId() > 0, "subscription=" + subscribe.subscriptionId()))
                .append(properties(subscribe.properties().encoded()));
        for (SubscribeFilter filter : subscribe.filters()) {
            line.append(' ')
                    .append(new String(filter.filter(), UTF_8))
                    .append(" qos=")
                    .append(filter.qos())
                    .append(word(filter.noLocal(), "noLocal"))
                    .append(word(filter.retainAsPublished(), "retainAsPublished"))
                    .append(word(filter.retainHandling() > 0, "handling=" + filter.retainHandling()));
        }
        return line.toString();
    }

    private static String properties(byte @Nullable [] encoded) {
        if (encoded == null || encoded.length == 0) {
            return "";
        }
        List<String> all = new ArrayList<>();
        PropertyCursor cursor = new PropertyCursor().over(Unpooled.wrappedBuffer(encoded), 0, encoded.length);
        while (cursor.next()) {
            all.add(cursor.property() + "=" + value(cursor));
        }
        return " {" + String.join(" ", all) + "}";
    }

    private static String value(PropertyCursor cursor) {
        return switch (cursor.property().kind()) {
            case BYTE, TWO_BYTES, FOUR_BYTES, VARIABLE -> Long.toString(cursor.number());
            case BINARY -> HexFormat.of().formatHex(cursor.binary());
            case STRING -> cursor.string();
            case STRING_PAIR -> cursor.pair().name() + ":" + cursor.pair().value();
        };
    }

    private static String word(boolean isShown, String word) {
        return isShown ? " " + word : "";
    }
}
