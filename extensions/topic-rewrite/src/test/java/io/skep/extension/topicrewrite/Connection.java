// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A client of MQTT 5.0 that writes its packets itself. */
final class Connection implements AutoCloseable {

    private static final int PUBLISH = 3;
    private static final int PUBACK = 4;
    private static final int SUBACK = 9;
    private static final int UNSUBACK = 11;

    private final Socket socket;
    private final DataInputStream in;
    private final Queue<String> messages = new ArrayDeque<>();

    Connection(int port, String clientId, @Nullable String userName) throws IOException {
        this(port, clientId, userName, null);
        assertThat(accepted()).as("CONNACK").isZero();
    }

    /** Connects with a will, or without; {@link #accepted} has the answer. */
    Connection(int port, String clientId, @Nullable String userName, @Nullable String willTopic) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
        send(0x10, body -> {
            body.writeUTF("MQTT");
            body.writeByte(5);
            body.writeByte((userName == null ? 2 : 0x82) | (willTopic == null ? 0 : 0x0C));
            body.writeShort(60);
            body.writeByte(0);
            body.writeUTF(clientId);
            if (willTopic != null) {
                body.writeByte(0);
                body.writeUTF(willTopic);
                body.writeUTF("will");
            }
            if (userName != null) {
                body.writeUTF(userName);
            }
        });
    }

    /** {@return the reason code of CONNACK} */
    int accepted() throws IOException {
        return receive(2)[1] & 0xFF;
    }

    /** {@return the reason code of SUBACK} */
    int subscribe(String filter) throws IOException {
        send(0x82, body -> {
            body.writeShort(1);
            body.writeByte(0);
            body.writeUTF(filter);
            body.writeByte(1);
        });
        return last(receive(SUBACK));
    }

    /** {@return the reason code of UNSUBACK} */
    int unsubscribe(String filter) throws IOException {
        send(0xA2, body -> {
            body.writeShort(2);
            body.writeByte(0);
            body.writeUTF(filter);
        });
        return last(receive(UNSUBACK));
    }

    /** {@return the reason code of PUBACK} */
    int publish(String topic, String payload) throws IOException {
        send(0x32, body -> {
            body.writeUTF(topic);
            body.writeShort(3);
            body.writeByte(0);
            body.write(payload.getBytes(UTF_8));
        });
        byte[] ack = receive(PUBACK);
        return ack.length > 2 ? ack[2] & 0xFF : 0;
    }

    /** {@return topic and payload of the next message} */
    String next() throws IOException {
        if (messages.isEmpty()) {
            keep(receive(PUBLISH));
        }
        return messages.remove();
    }

    private static int last(byte[] body) {
        return body[body.length - 1] & 0xFF;
    }

    /** Waits for a packet; messages that come before it are kept. */
    private byte[] receive(int type) throws IOException {
        while (true) {
            int found = in.readUnsignedByte() >> 4;
            int length = 0;
            for (int shift = 0, digit = 128; digit > 127; shift += 7) {
                digit = in.readUnsignedByte();
                length |= (digit & 127) << shift;
            }
            byte[] body = in.readNBytes(length);
            if (found == type) {
                return body;
            }
            assertThat(found).isEqualTo(PUBLISH);
            keep(body);
        }
    }

    /** Every delivery has QoS 1, for every publish and subscription has, and short properties. */
    private void keep(byte[] body) throws IOException {
        ByteBuffer fields = ByteBuffer.wrap(body);
        byte[] topic = new byte[fields.getShort()];
        fields.get(topic);
        int id = fields.getShort();
        fields.position(fields.position() + 1 + fields.get(fields.position()));
        messages.add(new String(topic, UTF_8) + " " + UTF_8.decode(fields));
        send(0x40, ack -> ack.writeShort(id));
    }

    private void send(int first, Body content) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        content.write(new DataOutputStream(body));
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        int length = body.size();
        for (; length > 127; length >>= 7) {
            packet.write((length & 127) | 128);
        }
        packet.write(length);
        body.writeTo(packet);
        socket.getOutputStream().write(packet.toByteArray());
    }

    @FunctionalInterface
    private interface Body {
        void write(DataOutputStream body) throws IOException;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
