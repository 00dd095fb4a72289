// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.nio.ByteBuffer;

/**
 * A message as bytes on disk: format version, flags (QoS in bits 0 and 1, retain in bit 2, properties present in bit
 * 3), expiry time, topic length, topic, properties length and properties if present, payload to the end.
 */
public final class MessageRecord {

    private static final byte FORMAT = 1;
    private static final int FIXED_BYTES = 1 + 1 + 8 + 2;

    private MessageRecord() {}

    public static byte[] write(Message message) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes(message));
        write(message, buffer);
        return buffer.array();
    }

    /** {@return how many bytes {@link #write} takes} */
    public static int bytes(Message message) {
        byte[] properties = message.properties();
        return FIXED_BYTES
                + message.topic().length
                + (properties == null ? 0 : 4 + properties.length)
                + message.payload().length;
    }

    /** {@return what {@link Message#bytes} says of the message that the rest of the buffer holds} */
    public static int messageBytes(ByteBuffer buffer) {
        boolean hasProperties = (buffer.get(buffer.position() + 1) & 8) != 0;
        return buffer.remaining() - FIXED_BYTES - (hasProperties ? Integer.BYTES : 0);
    }

    public static void write(Message message, ByteBuffer buffer) {
        byte[] properties = message.properties();
        buffer.put(FORMAT);
        buffer.put((byte) (message.qos() | (message.retain() ? 4 : 0) | (properties == null ? 0 : 8)));
        buffer.putLong(message.expiresAtMillis());
        buffer.putShort((short) message.topic().length).put(message.topic());
        if (properties != null) {
            buffer.putInt(properties.length).put(properties);
        }
        buffer.put(message.payload());
    }

    public static Message read(byte[] record) {
        return read(ByteBuffer.wrap(record));
    }

    /** {@return the message that the rest of the buffer holds} */
    public static Message read(ByteBuffer buffer) {
        byte format = buffer.get();
        if (format != FORMAT) {
            throw new IllegalStateException("format of a stored message: " + format + " (expected: " + FORMAT + ")");
        }
        int flags = buffer.get();
        long expiresAtMillis = buffer.getLong();
        byte[] topic = bytes(buffer, Short.toUnsignedInt(buffer.getShort()));
        byte[] properties = (flags & 8) == 0 ? null : bytes(buffer, buffer.getInt());
        byte[] payload = bytes(buffer, buffer.remaining());
        return new Message(topic, payload, properties, flags & 3, (flags & 4) != 0, expiresAtMillis);
    }

    private static byte[] bytes(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }
}
