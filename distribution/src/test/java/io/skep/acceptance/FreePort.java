// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port for a program that is told its number. A socket that is bound to it, and does not listen, keeps it from others
 * until the program listens, and while it is killed and started again: not even a client that looks for the program
 * meanwhile is given it as its own, and connected with itself.
 */
final class FreePort implements AutoCloseable {

    private final Socket socket = new Socket();

    FreePort() throws IOException {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    int number() {
        return socket.getLocalPort();
    }

    @Override
    public String toString() {
        return Integer.toString(number());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
