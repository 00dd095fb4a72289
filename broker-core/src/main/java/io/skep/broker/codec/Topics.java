// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.sdk.ReasonCode;
import java.util.Arrays;

/** The rules of topic names and topic filters, for all versions: what one client sends reaches clients of any. */
public final class Topics {

    private static final byte[] SHARE = "$share/".getBytes(UTF_8);
    private static final int SHOWN_BYTES = 60;

    private Topics() {}

    /**
     * Checks a topic name.
     *
     * @throws MqttException MALFORMED_PACKET for ill-formed UTF-8 or U+0000, PROTOCOL_ERROR if it is empty,
     *     TOPIC_NAME_INVALID for a wildcard
     */
    public static void checkName(ByteBuf in, int start, int length) {
        if (length == 0) {
            throw MqttException.protocolError("topic name: '' (expected: at least one character)"); // [MQTT-4.7.3-1]
        }
        if (!Utf8.isValid(in, start, length)) {
            throw MqttException.malformed("topic name: (expected: UTF-8 without U+0000)"); // [MQTT-4.7.3-2]
        }
        if (hasWildcard(in, start, length)) {
            throw new MqttException( // [MQTT-4.7.0-1]
                    ReasonCode.TOPIC_NAME_INVALID,
                    "topic name: '" + shown(in, start, length) + "' (expected: no wildcard)");
        }
    }

    /** Checks a topic name as {@link #checkName(ByteBuf, int, int)} does. */
    public static void checkName(byte[] name) {
        checkName(Unpooled.wrappedBuffer(name), 0, name.length);
    }

    /**
     * Checks a topic filter, also a shared one.
     *
     * @throws MqttException PROTOCOL_ERROR if it is empty, else MALFORMED_PACKET
     */
    public static void checkFilter(byte[] filter) {
        if (filter.length == 0) {
            throw MqttException.protocolError("topic filter: '' (expected: at least one character)"); // [MQTT-4.7.3-1]
        }
        ByteBuf in = Unpooled.wrappedBuffer(filter);
        if (!Utf8.isValid(in, 0, filter.length)) {
            throw MqttException.malformed("topic filter: (expected: UTF-8 without U+0000)"); // [MQTT-3.8.3-1]
        }
        int start = isShared(filter) ? checkShareName(filter) : 0;
        for (int i = start; i < filter.length; i++) {
            if (filter[i] == '#' && i != filter.length - 1) {
                throw wrongFilter(filter, "# only as the last level"); // [MQTT-4.7.1-1]
            }
            boolean wildcard = filter[i] == '#' || filter[i] == '+';
            if (wildcard && !fillsLevel(filter, start, i)) {
                throw wrongFilter(filter, "a wildcard fills its level"); // [MQTT-4.7.1-2]
            }
        }
    }

    /** {@return whether a filter is that of a shared subscription: {@code $share/name/filter}} */
    public static boolean isShared(byte[] filter) {
        return filter.length >= SHARE.length && Arrays.equals(filter, 0, SHARE.length, SHARE, 0, SHARE.length);
    }

    /** {@return whether a filter matches more than one topic} */
    public static boolean hasWildcard(byte[] filter) {
        return hasWildcard(Unpooled.wrappedBuffer(filter), 0, filter.length);
    }

    static boolean hasWildcard(ByteBuf in, int start, int length) {
        for (int i = start; i < start + length; i++) {
            byte next = in.getByte(i);
            if (next == '+' || next == '#') {
                return true;
            }
        }
        return false;
    }

    /** {@return where the filter behind the share name begins} */
    private static int checkShareName(byte[] filter) {
        int end = SHARE.length;
        while (end < filter.length && filter[end] != '/') {
            if (filter[end] == '+' || filter[end] == '#') {
                throw wrongFilter(filter, "no wildcard in the share name"); // [MQTT-4.8.2-2]
            }
            end++;
        }
        if (end == SHARE.length) {
            throw wrongFilter(filter, "a share name"); // [MQTT-4.8.2-1]
        }
        if (end + 1 >= filter.length) {
            throw wrongFilter(filter, "a filter behind the share name"); // [MQTT-4.8.2-2]
        }
        return end + 1;
    }

    private static boolean fillsLevel(byte[] filter, int start, int index) {
        return (index == start || filter[index - 1] == '/') && (index == filter.length - 1 || filter[index + 1] == '/');
    }

    private static MqttException wrongFilter(byte[] filter, String expected) {
        String text = shown(Unpooled.wrappedBuffer(filter), 0, filter.length);
        return MqttException.malformed("topic filter: '" + text + "' (expected: " + expected + ")");
    }

    /** The message may travel back as a Reason String, so it stays short. */
    private static String shown(ByteBuf in, int start, int length) {
        return length <= SHOWN_BYTES
                ? in.toString(start, length, UTF_8)
                : in.toString(start, SHOWN_BYTES, UTF_8) + "...";
    }
}
