// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Extension;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension in a real broker. */
class EndpointTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    private final MetricsPrometheus extension = new MetricsPrometheus();
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void theMetersOfTheBrokerAndOfExtensionsAreShown() throws Exception {
        Extension other = context -> {
            context.meters().counter("eggs", "eggs laid", Map.of("hen", "Emma")).add(3);
            context.meters().timer("flight", "time in the air").record(2_000_000);
        };
        broker.extension("hen-house", other);
        start("");
        try (Socket visitor = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            assertThat(visitor.isConnected()).isTrue();
            HttpResponse<String> page = ask("GET", "/metrics");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(page.body())
                    .contains(
                            "# TYPE skep_connections_opened_total counter\n",
                            "# TYPE skep_connections gauge\n",
                            "skep_queued_bytes 0.0\n",
                            "# TYPE skep_journal_commit_seconds histogram\n",
                            "skep_extension_hen_house_eggs_total{hen=\"Emma\"} 3.0\n",
                            "skep_extension_hen_house_flight_seconds_count 1\n",
                            "skep_extension_hen_house_flight_seconds_sum 0.002\n");
        }
    }

    @Test
    void promtoolFindsNothingToBlame() throws Exception {
        start("");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = promtool.getOutputStream()) {
            in.write(ask("GET", "/metrics").body().getBytes(UTF_8));
        }
        String output = new String(promtool.getInputStream().readAllBytes(), UTF_8);
        assertThat(promtool.waitFor()).as(output).isZero();
        assertThat(output).isEmpty();
    }

    @Test
    void whoAsksForOpenMetricsGetsIt() throws Exception {
        start("path: /skep\n");
        HttpResponse<String> page =
                ask("GET", "/skep", "Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1");
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(page.body()).endsWith("# EOF\n");
    }

    @Test
    void thereIsNothingElseToAskFor() throws Exception {
        start("");
        assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/metrics/more").statusCode()).isEqualTo(404);
        assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
        HttpResponse<String> head = ask("HEAD", "/metrics");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void onlyWhoShowsThePasswordOrTheTokenIsAnswered() throws Exception {
        start("basic: {user: prometheus, password: titan}\nbearer-token: t0ken\n");
        HttpResponse<String> refused = ask("GET", "/metrics");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().allValues("WWW-Authenticate"))
                .containsExactlyInAnyOrder("Basic realm=\"skep\", charset=\"UTF-8\"", "Bearer");
        assertThat(ask("GET", "/metrics", "Authorization", "Bearer t0ken").statusCode())
                .isEqualTo(200);
        assertThat(ask("GET", "/metrics", "Authorization", "bearer t0ken").statusCode())
                .isEqualTo(200);
        assertThat(ask("GET", "/metrics", "Authorization", "Basic cHJvbWV0aGV1czp0aXRhbg==")
                        .statusCode())
                .isEqualTo(200);
        for (String wrong : new String[] {"Bearer T0ken", "Basic t0ken", "t0ken", "Bearer", "Bearer  t0ken"}) {
            assertThat(ask("GET", "/metrics", "Authorization", wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
    }

    @Test
    void whoSendsTooSlowlyIsCutOff() throws Exception {
        start("");
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) { // more than there are threads
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
                slow.add(socket);
                socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost:".getBytes(UTF_8));
            }
            assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void withAKeyItIsHttps() throws Exception {
        start("tls: {key-store: server.p12, password: changeit}\n");
        assertThatThrownBy(() -> ask("GET", "/metrics")).isInstanceOf(IOException.class);
        KeyStore trusted = KeyStore.getInstance(folder().resolve("server.p12").toFile(), "changeit".toCharArray());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("server", trusted.getCertificate("server"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(certificates);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        HttpClient secure = HttpClient.newBuilder().sslContext(tls).build();
        URI uri = URI.create("https://127.0.0.1:" + port() + "/metrics");
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
        assertThat(secure.send(request, BodyHandlers.ofString()).body()).contains("skep_connections");
    }

    @Test
    void aPortThatIsInUseIsWaitedFor() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start("port: " + other.getLocalPort() + "\n");
            assertThat(extension.address()).isNull();
        }
        long begin = System.nanoTime();
        while (extension.address() == null && System.nanoTime() - begin < TIMEOUT.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void anAddressOfAnotherHostStopsTheStart() {
        assertThatThrownBy(() -> start("address: 192.0.2.1\n"))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("address: 192.0.2.1 (expected: one of this host");
    }

    @Test
    void afterTheStopThePortIsFree() throws Exception {
        start("");
        int port = port();
        broker.stop();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(ConnectException.class);
    }

    private int port() {
        return Objects.requireNonNull(extension.address()).getPort();
    }

    private Path folder() {
        return broker.home().resolve("conf/extensions");
    }

    private void start(String config) throws Exception {
        Files.createDirectories(folder());
        if (config.contains("key-store")) {
            makeKey();
        }
        String port = config.contains("port:") ? "" : "port: 0\n";
        Files.writeString(folder().resolve("metrics-prometheus.yaml"), port + config);
        broker.extension("metrics-prometheus", extension);
    }

    private void makeKey() throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments = " -genkeypair -alias server -keyalg EC -dname CN=server -ext san=ip:127.0.0.1"
                + " -storetype PKCS12 -storepass changeit -keystore server.p12";
        Process process = new ProcessBuilder((keytool + arguments).split(" "))
                .directory(folder().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private HttpResponse<String> ask(String method, String path, String... headers) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port() + path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(TIMEOUT).method(method, BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
