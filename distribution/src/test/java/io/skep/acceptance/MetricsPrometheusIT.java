// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip of the extension metrics-prometheus, and a real Prometheus that reads what it shows. */
class MetricsPrometheusIT {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Pattern SHOWN = Pattern.compile(".* metrics are at http://127.0.0.1:(\\d+)/metrics");

    private final HttpClient client = HttpClient.newHttpClient();
    private Installation skep;
    private SkepProcess broker;
    private Program prometheus;
    private FreePort shown;
    private FreePort port;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        shown = new FreePort();
        port = new FreePort();
        skep = new Installation(folder).enable("metrics-prometheus");
        skep.write(
                "conf/extensions/metrics-prometheus.yaml", "port: " + shown + "\nbearer-token: ${SKEP_TOKEN:t0ken}\n");
        broker = skep.start();
        Matcher place = broker.await(SHOWN);
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 500ms, scrape_timeout: 500ms}
                scrape_configs:
                  - job_name: skep
                    authorization: {credentials: t0ken}
                    static_configs: [{targets: ["127.0.0.1:%s"]}]
                """.formatted(place.group(1)));
        prometheus = Program.tool(
                "prometheus",
                "prometheus",
                folder,
                List.of(
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:" + port));
    }

    @AfterEach
    void stop() throws Exception {
        prometheus.terminate();
        prometheus.exitCode();
        prometheus.close();
        broker.close();
        shown.close();
        port.close();
    }

    @Test
    void prometheusReadsWhatTheBrokerCounts() throws Exception {
        Clients mosquitto = new MosquittoClients("mqttv311");
        try (RawClient absent = new RawClient(broker.port())) {
            absent.connect("absent", false);
            absent.subscribe("numbers");
            assertThat(absent.receive().type()).isEqualTo(RawClient.SUBACK);
            absent.disconnect();
        }
        for (String number : List.of("1", "2", "3")) {
            mosquitto.publish(broker.port(), new Message("numbers", number, 1, false));
        }
        awaitValue("up{job=\"skep\"}", "1");
        awaitValue("skep_messages_received_total", "3");
        awaitValue("skep_clients_connected_total", "4");
        awaitValue("skep_sessions", "1");
        awaitValue("skep_queued_messages", "3");
        awaitValue("skep_connections", "0");
        awaitValue("skep_journal_commit_seconds_count >= bool 4", "1");
        awaitValue("histogram_quantile(0.5, skep_journal_commit_seconds_bucket) < bool 10", "1");
    }

    @Test
    void aReloadTakesThePortOver() throws Exception {
        awaitValue("up{job=\"skep\"}", "1");
        try (Program reload = skep.skep(skep.home(), List.of("extensions", "reload", "metrics-prometheus"))) {
            assertThat(reload.exitCode()).isZero();
        }
        broker.await(SHOWN);
        awaitValue("resets(skep_journal_commits_total[1m])", "0");
        awaitValue("up{job=\"skep\"}", "1");
    }

    /** Waits until a query of Prometheus has one result with this value. */
    private void awaitValue(String query, String expected) throws Exception {
        String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=" + encoded))
                .timeout(DEADLINE)
                .build();
        Pattern wanted =
                Pattern.compile(".*\"value\":\\[[0-9.]+,\"" + Pattern.quote(expected) + "\"\\]\\}\\]\\}\\}\\s*");
        long begin = System.nanoTime();
        String answer;
        do {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            answer = ask(request);
        } while (!wanted.matcher(answer).matches() && System.nanoTime() - begin < DEADLINE.toNanos());
        assertThat(answer).as(query).matches(wanted);
    }

    private String ask(HttpRequest request) throws Exception {
        try {
            return client.send(request, BodyHandlers.ofString()).body();
        } catch (ConnectException e) {
            return "prometheus does not listen yet";
        }
    }
}
