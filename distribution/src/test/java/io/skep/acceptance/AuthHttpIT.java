// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip of the extension auth-http, with an HTTP server that decides. */
class AuthHttpIT {

    private static final int SERVER_UNAVAILABLE = 3;
    private static final int BAD_USER_NAME_OR_PASSWORD = 4;

    private HttpServer server;
    private SkepProcess broker;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/login", "\"password\":\"edison\"");
        answer("/operation", "\"topic\":\"devices/lamp/");
        server.start();
        Installation skep = new Installation(folder).enable("auth-http");
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        skep.write("conf/extensions/auth-http.yaml", """
                authenticate-url: %s/login
                authorize-url: %s/operation
                """.formatted(url, url));
        broker = skep.start();
    }

    /** Allows what is asked with these words. */
    private void answer(String path, String words) {
        server.createContext(path, exchange -> {
            String question = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String result = question.contains(words) ? "allow" : "deny";
            byte[] body = ("{\"result\":\"" + result + "\"}").getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        broker.close();
        server.stop(0);
    }

    @Test
    void theServerDecidesWhoConnectsPublishesAndSubscribes() throws Exception {
        try (Program subscriber = MosquittoClients.subscriber(
                broker.port(), "-u", "lamp", "-P", "edison", "-q", "1", "-t", "devices/lamp/#", "-t", "#")) {
            subscriber.await(Pattern.compile("Subscribed \\(mid: 1\\): 1, 128"));
            assertThat(publish("Edison", "devices/lamp/light")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
            assertThat(publish("edison", "devices/door/open")).isZero(); // 3.1.1 has no way to say no
            assertThat(publish("edison", "devices/lamp/light")).isZero();
            assertThat(new ProgramSubscriber(subscriber).next())
                    .isEqualTo(new Message("devices/lamp/light", "on", 1, false));
        }
    }

    @Test
    void whileTheServerIsAwayNobodyIsLetIn() throws Exception {
        server.stop(0);
        assertThat(publish("edison", "devices/lamp/light")).isEqualTo(SERVER_UNAVAILABLE);
        broker.await(Pattern.compile(".*WARN .*extension auth-http: authenticator failed, which counts as DENY.*"));
    }

    private int publish(String password, String topic) throws Exception {
        try (Program publisher = MosquittoClients.publisher(
                broker.port(), "-u", "lamp", "-P", password, "-q", "1", "-t", topic, "-m", "on")) {
            return publisher.exitCode();
        }
    }
}
