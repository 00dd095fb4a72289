// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.MessageRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The last message of a connection, published when it ends ungracefully.
 *
 * @param number its key while it is stored; unique, so that the will of an old connection is not taken for a new one's
 * @param clientId whose
 * @param message with the QoS and the retain flag asked for
 * @param expirySeconds how long the message is worth something once it is published; -1: for ever
 * @param delaySeconds how long after the end of the connection, at most until the session ends
 * @param dueAtMillis when it is to be published; 0 while its client is connected
 */
public record Will(
        long number, String clientId, Message message, long expirySeconds, long delaySeconds, long dueAtMillis) {

    private static final byte FORMAT = 1;

    Will dueAt(long millis) {
        return new Will(number, clientId, message, expirySeconds, delaySeconds, millis);
    }

    /** {@return the message to publish now: from now on its time runs} */
    Message publishedAt(long millis) {
        return expirySeconds < 0 ? message : message.expiringAt(millis + TimeUnit.SECONDS.toMillis(expirySeconds));
    }

    public byte[] key() {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    public byte[] write() {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer =
                ByteBuffer.allocate(1 + 3 * Long.BYTES + Short.BYTES + id.length + MessageRecord.bytes(message));
        buffer.put(FORMAT)
                .putLong(expirySeconds)
                .putLong(delaySeconds)
                .putLong(dueAtMillis)
                .putShort((short) id.length)
                .put(id);
        MessageRecord.write(message, buffer);
        return buffer.array();
    }

    public static Will read(byte[] key, byte[] record) {
        ByteBuffer buffer = ByteBuffer.wrap(record);
        byte format = buffer.get();
        if (format != FORMAT) {
            throw new IllegalStateException("format of a stored will: " + format + " (expected: " + FORMAT + ")");
        }
        long expirySeconds = buffer.getLong();
        long delaySeconds = buffer.getLong();
        long dueAtMillis = buffer.getLong();
        byte[] id = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(id);
        String clientId = new String(id, StandardCharsets.UTF_8);
        long number = ByteBuffer.wrap(key).getLong();
        return new Will(number, clientId, MessageRecord.read(buffer), expirySeconds, delaySeconds, dueAtMillis);
    }
}
