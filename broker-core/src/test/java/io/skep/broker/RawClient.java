// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** A client that sends what it is told, right or wrong, and shows what comes. One thread reads, one writes. */
final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** A packet from the broker. */
    record Packet(int firstByte, byte[] body) {

        int type() {
            return firstByte >> 4;
        }

        int qos() {
            return firstByte >> 1 & 3;
        }

        boolean duplicate() {
            return (firstByte & 8) != 0;
        }

        private int u16(int at) {
            return (body[at] & 0xFF) << 8 | (body[at + 1] & 0xFF);
        }

        /** {@return the topic, of a PUBLISH} */
        String topic() {
            return new String(body, 2, u16(0), UTF_8);
        }

        int packetId() {
            return type() == Packets.PUBLISH ? u16(2 + u16(0)) : u16(0);
        }

        /** {@return the payload, of a PUBLISH of MQTT 3.1.1} */
        byte[] payload() {
            return Arrays.copyOfRange(body, 2 + u16(0) + (qos() > 0 ? 2 : 0), body.length);
        }
    }

    RawClient(Socket socket) throws IOException {
        this(socket, socket.getInputStream(), socket.getOutputStream());
    }

    /** A client whose bytes travel through a layer above the socket. */
    RawClient(Socket socket, InputStream in, OutputStream out) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.out = out;
    }

    static Socket socket(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) RunningBroker.SOON.toMillis());
        return socket;
    }

    static RawClient open(int port) throws IOException {
        return new RawClient(socket(port));
    }

    /** Connects a client without keep alive, in MQTT 3.1.1. */
    static RawClient connect(int port, String clientId, boolean cleanSession) throws IOException {
        RawClient client = open(port);
        client.send(Packets.connect(clientId, cleanSession, 0));
        client.expect(Packets.CONNACK);
        return client;
    }

    Socket socket() {
        return socket;
    }

    void send(byte[]... packets) throws IOException {
        for (byte[] packet : packets) {
            out.write(packet);
        }
        out.flush();
    }

    /** {@return the next packet} */
    Packet read() throws IOException {
        int firstByte = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit > 0x7F);
        byte[] body = new byte[length];
        in.readFully(body);
        return new Packet(firstByte, body);
    }

    /** Reads a packet that must be of a type; a CONNACK must be one of success. */
    Packet expect(int type) throws IOException {
        Packet packet = read();
        if (packet.type() != type || (type == Packets.CONNACK && packet.body()[1] != 0)) {
            throw new AssertionError("packet: " + packet.type() + " " + Arrays.toString(packet.body())
                    + " (expected: type " + type + ")");
        }
        return packet;
    }

    void subscribe(int qos, String... filters) throws IOException {
        send(Packets.subscribe(1, qos, filters));
        Packet suback = expect(Packets.SUBACK);
        for (int i = 2; i < suback.body().length; i++) {
            if (suback.body()[i] != qos) {
                throw new AssertionError("granted: " + suback.body()[i] + " (expected: " + qos + ")");
            }
        }
    }

    /** {@return whether the broker ends the connection before the socket's time-out; what it sends is thrown away} */
    boolean isClosedByBroker() {
        byte[] bytes = new byte[4096];
        try {
            while (in.read(bytes) >= 0) {
                // goes on until nothing comes any more
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (EOFException e) {
            return true;
        } catch (IOException e) {
            return true; // reset: it did not want to read what we had to say
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("a socket cannot be closed", e);
        }
    }
}
