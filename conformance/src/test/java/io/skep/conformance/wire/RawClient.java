// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A client that sends any bytes and looks at each byte that comes back. It answers nothing by itself. Each expectation
 * waits for what it expects, up to a deadline.
 *
 * <p>That nothing has come is found without waiting: a ping is answered, and nothing comes before its answer.
 */
public final class RawClient implements AutoCloseable {

    public static final int DEADLINE_MILLIS = 30_000;
    private static final int SHOWN_BYTES = 64;

    private final Socket socket;
    private final DataInputStream in;

    /** Opens a TCP connection, and sends nothing yet. */
    public RawClient(InetSocketAddress broker) {
        this(broker, 0);
    }

    /**
     * Opens a TCP connection that takes little.
     *
     * @param receiveBytes size of the receive buffer, 0 for the usual one
     */
    public RawClient(InetSocketAddress broker, int receiveBytes) {
        socket = new Socket();
        try {
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            socket.setTcpNoDelay(true);
            socket.connect(broker, DEADLINE_MILLIS);
            socket.setSoTimeout(DEADLINE_MILLIS);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits this long for what is expected, instead of the usual time. */
    public RawClient patience(int millis) {
        try {
            socket.setSoTimeout(millis);
            return this;
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says that nothing more will be sent; what the broker sends can still be read. */
    public RawClient finish() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends packets in one write. */
    public RawClient send(byte[]... packets) {
        return write(Packets.concat((Object[]) packets));
    }

    public RawClient send(String hex) {
        return write(Packets.hex(hex));
    }

    /** Sends each byte in a write of its own. */
    public RawClient sendByteByByte(byte[] packet) {
        for (byte next : packet) {
            write(new byte[] {next});
        }
        return this;
    }

    private RawClient write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Expects these packets to be the next ones, in this order. */
    public RawClient expect(byte[]... packets) {
        for (byte[] packet : packets) {
            byte[] found = next();
            if (!Arrays.equals(found, packet)) {
                assertThat(shown(found)).isEqualTo(shown(packet));
                fail("bytes differ behind byte " + Arrays.mismatch(found, packet) + " of " + packet.length);
            }
        }
        return this;
    }

    public RawClient expect(String hex) {
        return expect(Packets.hex(hex));
    }

    /** Expects these packets to be the next ones, in any order. */
    public RawClient expectInAnyOrder(byte[]... packets) {
        List<String> expected = Arrays.stream(packets).map(RawClient::shown).toList();
        List<String> found = Arrays.stream(packets).map(packet -> shown(next())).toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        return this;
    }

    private static String shown(byte[] packet) {
        String start = HexFormat.ofDelimiter(" ").formatHex(packet, 0, Math.min(packet.length, SHOWN_BYTES));
        return start + " (" + packet.length + " bytes)";
    }

    /** Expects packets of these types to be the next ones, in any order. */
    public RawClient expectTypes(Integer... types) {
        List<Integer> found =
                Arrays.stream(types).map(type -> (next()[0] & 0xFF) >> 4).toList();
        assertThat(found).as("packet types").containsExactlyInAnyOrder(types);
        return this;
    }

    /** {@return the next packet, whatever it is} */
    public byte[] next() {
        try {
            int first = in.readUnsignedByte();
            int length = 0;
            int digit;
            int shift = 0;
            do {
                digit = in.readUnsignedByte();
                length |= (digit & 127) << shift;
                shift += 7;
            } while (digit > 127);
            assertThat(digit == 0 && shift > 7)
                    .as("a Remaining Length that is longer than needed")
                    .isFalse();
            byte[] body = new byte[length];
            in.readFully(body);
            return Packets.packet(first, body);
        } catch (EOFException e) {
            throw new AssertionError("closed (expected: a packet)", e);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing within " + DEADLINE_MILLIS + " ms (expected: a packet)", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the next packet, which has to be a PUBLISH of 3.x} */
    public Delivery nextDelivery() {
        return Delivery.of(next());
    }

    /** {@return the next packet, read as one of MQTT 5.0} */
    public Seen5 next5() {
        return Seen5.of(next());
    }

    /** {@return the next packet of MQTT 5.0, which has to be of a type, as the standard numbers them} */
    public Seen5 next5(int type) {
        Seen5 packet = next5();
        assertThat(packet.type()).as("packet type").isEqualTo(type);
        return packet;
    }

    /** {@return the next packet, which has to be a PUBLISH of MQTT 5.0} */
    public Seen5 nextPublish5() {
        return next5(3);
    }

    /** Expects PUBLISH packets of MQTT 5.0 with these payloads to be the next packets. */
    public RawClient expectPayloads5(String... payloads) {
        for (String payload : payloads) {
            assertThat(nextPublish5().payload()).isEqualTo(payload);
        }
        return this;
    }

    /** Expects a DISCONNECT of MQTT 5.0 with one of these reason codes, then the close. */
    public Seen5 expectDisconnect(Integer... reasons) {
        Seen5 packet = next5();
        assertThat(packet.type()).as("packet type").isEqualTo(14);
        assertThat(packet.reason()).as("reason code").isIn((Object[]) reasons);
        expectClosed();
        return packet;
    }

    /** Expects a CONNACK of MQTT 5.0 with one of these reason codes and without a session, then the close. */
    public Seen5 expectRefusal(Integer... reasons) {
        Seen5 packet = next5();
        assertThat(packet.type()).as("packet type").isEqualTo(2);
        assertThat(packet.reason()).as("reason code").isIn((Object[]) reasons);
        assertThat(packet.acknowledgeFlags()).as("acknowledge flags").isZero();
        expectClosed();
        return packet;
    }

    /** Expects that the broker closes the connection, and sends nothing before. */
    public RawClient expectClosed() {
        try {
            int next = in.read();
            if (next >= 0) {
                fail("byte 0x%02X (expected: a close)", next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("open after " + DEADLINE_MILLIS + " ms (expected: a close)", e);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** {@return how many packets come before the broker closes the connection} */
    public int packetsUntilClosed() {
        int count = 0;
        while (isPacketNext()) {
            next();
            count++;
        }
        return count;
    }

    /** {@return whether the next thing is a packet, rather than the close of the connection} */
    public boolean isPacketNext() {
        try {
            in.mark(1);
            if (in.read() < 0) {
                return false;
            }
            in.reset();
            return true;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing within " + DEADLINE_MILLIS + " ms (expected: a packet or a close)", e);
        } catch (IOException e) {
            return false;
        }
    }

    /** Expects that a connected client has been sent nothing, and is still served. */
    public RawClient expectSilence() {
        return send(PINGREQ).expect(PINGRESP);
    }

    /** {@return whether the connection is open and nothing has arrived on it, as far as known now} */
    public boolean isOpenAndSilent() {
        try {
            socket.setSoTimeout(1);
            return in.read() == Integer.MIN_VALUE; // neither a byte nor an end may come
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            usualTimeout();
        }
    }

    private void usualTimeout() {
        try {
            socket.setSoTimeout(DEADLINE_MILLIS);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Subscribes, and expects that it is granted; the packet identifier is 1. */
    public RawClient subscribe(String filter, int qos) {
        return send(Packets.subscribe(1, filter, qos)).expect(Packets.suback(1, qos));
    }

    /** Subscribes as MQTT 5.0 does, and expects that it is granted; the packet identifier is 1. */
    public RawClient subscribe5(String filter, int options, byte[]... properties) {
        send(Packets5.subscribe(1, filter, options, properties));
        assertThat(next5().reasons()).as("SUBACK").containsExactly(options & 3);
        return this;
    }

    /**
     * Reads and acknowledges what a QoS 1 subscriber has in its queue: all that comes before a message to itself. A
     * ping does not tell, as a long queue is read from the disk.
     */
    public List<String> drainQueue() {
        String topic = "end of queue/" + System.nanoTime();
        send(Packets.subscribe(0xFFFD, topic, 1), Packets.publish(1, 0xFFFE, topic, ""));
        List<String> payloads = new ArrayList<>();
        int missing = 3; // SUBACK, PUBACK and the message
        while (missing > 0) {
            byte[] packet = next();
            Delivery delivery = (packet[0] & 0xF0) == 0x30 ? Delivery.of(packet) : null;
            if (delivery != null) {
                send(Packets.puback(delivery.id()));
            }
            if (delivery == null || delivery.topic().equals(topic)) {
                missing--;
            } else {
                payloads.add(delivery.payload());
            }
        }
        send(Packets.unsubscribe(0xFFFC, topic)).expect(Packets.unsuback(0xFFFC));
        return payloads;
    }

    /** Expects that nothing waits for a client whose session was resumed. */
    public RawClient expectNothingQueued() {
        assertThat(drainQueue()).isEmpty();
        return this;
    }

    /** Publishes with QoS 1 and awaits PUBACK: from now on each subscriber has it in its session. */
    public RawClient publishAcknowledged(int id, String topic, String payload) {
        return send(Packets.publish(1, id, topic, payload)).expect(Packets.puback(id));
    }

    /** As {@link #publishAcknowledged}, in MQTT 5.0; whether anyone has subscribed does not matter. */
    public RawClient publishAcknowledged5(int id, String topic, String payload, byte[]... properties) {
        Seen5 answer = send(Packets5.publish(1, id, topic, payload, properties)).next5(4);
        assertThat(answer.id()).isEqualTo(id);
        assertThat(answer.reason()).as("PUBACK").isIn(0, 0x10);
        return this;
    }

    /** Publishes a retained message of MQTT 5.0, and waits until it is kept. */
    public RawClient publishRetained5(String topic, String payload, byte[]... properties) {
        return send(Packets5.retained(topic, payload, properties)).expectSilence();
    }

    /** As {@link #drainQueue}, in MQTT 5.0 and of any QoS: what comes before a message to itself, PUBREL included. */
    public List<Seen5> drainQueue5() {
        String topic = "end of queue/" + System.nanoTime();
        send(Packets5.subscribe(0xFFFD, topic, 1), Packets5.publish(1, 0xFFFE, topic, ""));
        List<Seen5> found = new ArrayList<>();
        Set<Integer> received = new HashSet<>();
        int missing = 3; // SUBACK, PUBACK and the message
        while (missing > 0 || !received.isEmpty()) {
            Seen5 packet = next5();
            boolean publish = packet.type() == 3;
            if (publish && packet.qos() == 2) {
                send(Packets.pubrec(packet.id()));
                received.add(packet.id());
            } else if (publish && packet.qos() == 1) {
                send(Packets.puback(packet.id()));
            } else if (packet.type() == 6) {
                send(Packets.pubcomp(packet.id()));
            }
            if (packet.type() == 4 || packet.type() == 9 || packet.topic().equals(topic)) {
                missing--;
            } else if (publish || !received.remove(packet.id())) {
                found.add(packet);
            }
        }
        send(Packets5.unsubscribe(0xFFFC, topic)).next5(11);
        return found;
    }

    /** Ends the connection as a broken network does. */
    public void drop() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Disconnects as the protocol wants it, and waits until the broker has closed. */
    public void disconnect() {
        send(Packets.DISCONNECT).expectClosed();
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
