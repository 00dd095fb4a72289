// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.sdk.UserProperty;

/** Walks over encoded properties where they lie. It never reads outside of them, whatever their bytes say. */
final class PropertyCursor {

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int end;
    private int next;
    private int start;
    private Property property = Property.USER_PROPERTY;

    /** Takes its place before the first property of a section that begins with its length. {@return its end} */
    int enter(ByteBuf in, int sectionStart, int packetEnd) {
        int length = VarInt.read(in, sectionStart, packetEnd);
        int first = sectionStart + VarInt.size(Math.max(length, 0));
        if (length == VarInt.INCOMPLETE || length > packetEnd - first) {
            throw MqttException.malformed("properties: cut off (expected: within the packet)"); // [MQTT-2.2.2-1]
        }
        over(in, first, first + length);
        return end;
    }

    /** Takes its place before the first property of a section that is given without its length. */
    PropertyCursor over(ByteBuf in, int sectionStart, int sectionEnd) {
        buffer = in;
        next = sectionStart;
        end = sectionEnd;
        return this;
    }

    /** Goes to the next property. {@return whether there is one} */
    boolean next() {
        if (next == end) {
            return false;
        }
        start = next;
        property = Property.of(buffer.getByte(start));
        next = start + 1;
        switch (property.kind()) {
            case BYTE -> skip(1);
            case TWO_BYTES -> skip(2);
            case FOUR_BYTES -> skip(4);
            case VARIABLE -> skip(variableBytes());
            case BINARY, STRING -> skipField();
            case STRING_PAIR -> {
                skipField();
                skipField();
            }
        }
        return true;
    }

    private void skip(int bytes) {
        if (bytes > end - next) {
            throw MqttException.malformed("property " + property + ": cut off (expected: within its section)");
        }
        next += bytes;
    }

    private void skipField() {
        int from = next;
        skip(2);
        skip(buffer.getUnsignedShort(from));
    }

    private int variableBytes() {
        int value = VarInt.read(buffer, next, end);
        return value == VarInt.INCOMPLETE ? end - next + 1 : VarInt.size(value);
    }

    /** {@return where the next property begins} */
    int position() {
        return next;
    }

    Property property() {
        return property;
    }

    /** {@return the bytes of the property, its identifier included} */
    int bytes() {
        return next - start;
    }

    /** Copies the property, its identifier included. {@return the index behind the copy} */
    int copyTo(byte[] target, int index) {
        buffer.getBytes(start, target, index, bytes());
        return index + bytes();
    }

    long number() {
        int value = start + 1;
        return switch (property.kind()) {
            case BYTE -> buffer.getUnsignedByte(value);
            case TWO_BYTES -> buffer.getUnsignedShort(value);
            case FOUR_BYTES -> buffer.getUnsignedInt(value);
            case VARIABLE -> VarInt.read(buffer, value, end);
            case BINARY, STRING, STRING_PAIR -> throw new IllegalStateException(property + " is not a number");
        };
    }

    byte[] binary() {
        return ByteBufUtil.getBytes(buffer, start + 3, bytes() - 3);
    }

    String string() {
        return buffer.toString(start + 3, bytes() - 3, UTF_8);
    }

    UserProperty pair() {
        int value = secondField();
        return new UserProperty(
                buffer.toString(start + 3, value - start - 3, UTF_8),
                buffer.toString(value + 2, next - value - 2, UTF_8));
    }

    boolean isUtf8() {
        return switch (property.kind()) {
            case BYTE, TWO_BYTES, FOUR_BYTES, VARIABLE, BINARY -> true;
            case STRING -> Utf8.isValid(buffer, start + 3, bytes() - 3);
            case STRING_PAIR -> {
                int value = secondField();
                yield Utf8.isValid(buffer, start + 3, value - start - 3)
                        && Utf8.isValid(buffer, value + 2, next - value - 2);
            }
        };
    }

    /** {@return whether the string is a topic name, given that it is UTF-8} */
    boolean isTopicName() {
        return bytes() > 3 && !Topics.hasWildcard(buffer, start + 3, bytes() - 3);
    }

    private int secondField() {
        return start + 3 + buffer.getUnsignedShort(start + 1);
    }
}
