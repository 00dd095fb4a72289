// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes as people write them down; the notation is explained at the top of {@code client-packets.txt}. */
final class Wire {

    private static final Pattern TOKEN = Pattern.compile("\\s*(?:'([^']*)'|\"([^\"]*)\"|(\\[)|(\\])|(\\p{XDigit}+))");

    private Wire() {}

    static byte[] bytes(String text) {
        Deque<ByteBuf> open = new ArrayDeque<>();
        open.push(Unpooled.buffer());
        Matcher token = TOKEN.matcher(text.strip());
        while (token.lookingAt()) {
            if (token.group(1) != null) {
                byte[] string = token.group(1).getBytes(UTF_8);
                open.element().writeShort(string.length).writeBytes(string);
            } else if (token.group(2) != null) {
                open.element().writeCharSequence(token.group(2), UTF_8);
            } else if (token.group(3) != null) {
                open.push(Unpooled.buffer());
            } else if (token.group(4) != null) {
                ByteBuf section = open.pop();
                VarInt.write(open.element(), section.readableBytes());
                open.element().writeBytes(section);
            } else {
                open.element().writeBytes(HexFormat.of().parseHex(token.group(5)));
            }
            token.region(token.end(), token.regionEnd());
        }
        if (token.regionStart() != token.regionEnd() || open.size() != 1) {
            throw new IllegalArgumentException("bytes: " + text);
        }
        return ByteBufUtil.getBytes(open.element());
    }

    static String hex(ByteBuf bytes) {
        return ByteBufUtil.hexDump(bytes);
    }

    static String hex(String text) {
        return ByteBufUtil.hexDump(bytes(text));
    }
}
