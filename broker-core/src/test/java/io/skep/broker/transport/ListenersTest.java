// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static io.skep.broker.transport.EchoBroker.SOON;
import static io.skep.broker.transport.EchoBroker.echo;
import static io.skep.broker.transport.EchoBroker.listener;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.transport.EchoBroker.Seen;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenersTest {

    @Test
    void aTcpConnectionHasItsHandlerAloneInThePipeline() throws Exception {
        try (EchoBroker broker = EchoBroker.start(ListenerConfig.tcp(0));
                Socket client = broker.connect()) {
            assertThat(echo(client, "hello")).isEqualTo("hello");

            Seen seen = broker.nextSeen();
            assertThat(seen.pipeline().names()).hasSize(2).last().asString().contains("TailContext");
            assertThat(seen.address()).isEqualTo(client.getLocalSocketAddress());
            assertThat(seen.certificates()).isEmpty();
        }
    }

    @Test
    void connectionsSpreadEvenlyOverTheLoops() throws Exception {
        int[] connections = new int[3];
        List<Socket> clients = new ArrayList<>();
        try (EchoBroker broker = new EchoBroker(3, SOON, ListenerConfig.tcp(0))) {
            for (int i = 0; i < 30; i++) {
                clients.add(broker.connect());
                connections[broker.nextSeen().loop()]++;
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        assertThat(connections).containsOnly(10);
    }

    @Test
    void addressesAreInTheOrderOfTheConfiguration() throws Exception {
        int free = freePort();
        ListenerConfig fixed =
                new ListenerConfig("fixed", ListenerConfig.Type.TCP, "127.0.0.1", free, "/mqtt", null, false);
        try (EchoBroker broker = EchoBroker.start(ListenerConfig.tcp(0), fixed)) {
            List<InetSocketAddress> addresses = broker.listeners.addresses();
            assertThat(addresses).hasSize(2);
            assertThat(addresses.get(0).getPort()).isPositive().isNotEqualTo(free);
            assertThat(addresses.get(1)).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), free));
        }
    }

    @Test
    void aPortInUseIsNamedWithItsListenerAndNoneIsBound() throws Exception {
        int free = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ListenerConfig first =
                    new ListenerConfig("first", ListenerConfig.Type.TCP, "127.0.0.1", free, "/mqtt", null, false);
            ListenerConfig second = new ListenerConfig(
                    "second", ListenerConfig.Type.TCP, "127.0.0.1", taken.getLocalPort(), "/mqtt", null, false);

            assertThatThrownBy(() -> EchoBroker.start(first, second))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("listeners[second]: 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("(expected: a free port: stop the program that has it, or choose another)");
        }
        assertThatThrownBy(() -> EchoBroker.connect(free)).isInstanceOf(ConnectException.class);
    }

    @Test
    void anAddressOfAnotherMachineIsAnError() {
        // 192.0.2.0/24 is for documentation: no machine has it
        ListenerConfig other =
                new ListenerConfig("other", ListenerConfig.Type.TCP, "192.0.2.1", 0, "/mqtt", null, false);

        assertThatThrownBy(() -> EchoBroker.start(other))
                .hasMessageContaining("listeners[other]: 192.0.2.1:0")
                .hasMessageContaining("expected: an address of this machine");
    }

    @Test
    void connectionsStayWhenAcceptingStops() throws Exception {
        try (EchoBroker broker = EchoBroker.start(ListenerConfig.tcp(0));
                Socket client = broker.connect()) {
            int port = broker.port();
            assertThat(echo(client, "before")).isEqualTo("before");

            broker.listeners.stopAccepting();

            assertThat(echo(client, "after")).isEqualTo("after");
            assertThatThrownBy(() -> EchoBroker.connect(port)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void openedAndClosedConnectionsAreCounted() throws Exception {
        try (EchoBroker broker = EchoBroker.start(ListenerConfig.tcp(0))) {
            try (Socket client = broker.connect()) {
                assertThat(echo(client, "x")).isEqualTo("x");
                assertThat(broker.metrics.get(Metric.CONNECTIONS_OPENED)).isEqualTo(1);
                assertThat(broker.metrics.get(Metric.CONNECTIONS_CLOSED)).isZero();
            }
            broker.await(Metric.CONNECTIONS_CLOSED, 1);
        }
    }

    @Test
    void aClientThatDoesNotFinishItsHandshakeIsClosedInTime() throws Exception {
        try (EchoBroker broker =
                        new EchoBroker(1, Duration.ofMillis(100), listener(ListenerConfig.Type.WS, null, false));
                Socket slow = broker.connect()) {
            slow.getOutputStream().write("GET /mqtt HT".getBytes(StandardCharsets.US_ASCII));

            assertThat(slow.getInputStream().read()).isEqualTo(-1);
            broker.await(Metric.CLOSED_CONNECT_TIMEOUT, 1);
            broker.await(Metric.CONNECTIONS_CLOSED, 1);
            assertThat(broker.nothingSeen()).isTrue();
        }
    }

    @Test
    void closingTheListenersClosesHandshakesUnderWay() throws Exception {
        try (EchoBroker broker = EchoBroker.start(listener(ListenerConfig.Type.WS, null, false));
                Socket slow = broker.connect()) {
            broker.await(Metric.CONNECTIONS_OPENED, 1);

            broker.listeners.close();

            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
