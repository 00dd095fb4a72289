// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip of the extension webhook-events, with an HTTP server that is told. */
class WebhookEventsIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private volatile int status = 200;
    private HttpServer server;
    private SkepProcess broker;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/events", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        Installation skep = new Installation(folder).enable("webhook-events");
        skep.write("conf/extensions/webhook-events.yaml", """
                targets:
                  - url: http://127.0.0.1:%s/events
                    events: [ClientConnected, ClientDisconnected]
                batch: {wait-max: 50ms}
                request: {retry-first: 50ms}
                """.formatted(
                        server.getAddress().getPort()));
        broker = skep.start();
    }

    @AfterEach
    void stop() {
        broker.close();
        server.stop(0);
    }

    @Test
    void theServerIsToldWhoComesAndGoesAlsoWhenItWasAway() throws Exception {
        visit("lamp");
        awaitBody("\"type\":\"io.skep.ClientConnected\"", "\"id\":\"lamp\"");
        awaitBody("\"type\":\"io.skep.ClientDisconnected\"", "\"reason\":\"success\"");
        status = 500;
        visit("door");
        broker.await(Pattern.compile(".*WARN .*/events: does not take events; .*status: 500.*"));
        status = 200;
        broker.await(Pattern.compile(".*/events: takes events again"));
        awaitBody("\"id\":\"door\"");
        SkepProcess.Ending ending = broker.terminate();
        assertThat(ending.exitCode()).isIn(0, 143);
        assertThat(ending.output()).noneMatch(line -> line.contains("threads run on"));
    }

    private void visit(String clientId) throws Exception {
        try (RawClient client = new RawClient(broker.port())) {
            client.connect(clientId, true);
            client.disconnect();
        }
    }

    private void awaitBody(String... words) throws InterruptedException {
        long begin = System.nanoTime();
        StringBuilder seen = new StringBuilder();
        for (String word : words) {
            while (seen.indexOf(word) < 0) {
                String body = bodies.poll(DEADLINE.toNanos() - (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
                assertThat(body).as("after %s, with %s", seen, word).isNotNull();
                seen.append(body);
            }
        }
        bodies.add(seen.toString()); // what comes after may be in the same
    }
}
