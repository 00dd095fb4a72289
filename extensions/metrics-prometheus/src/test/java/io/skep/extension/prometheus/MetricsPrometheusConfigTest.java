// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigBinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsPrometheusConfigTest {

    private static final Path TEMPLATE =
            Path.of("../../distribution/src/main/dist/conf/extensions/metrics-prometheus.yaml");

    @TempDir
    Path folder;

    @Test
    void withoutAFileItServesTheLoopback() throws Exception {
        assertThat(ConfigBinder.bind(folder.resolve("none.yaml"), MetricsPrometheusConfig.class))
                .isEqualTo(MetricsPrometheusConfig.DEFAULT)
                .hasToString("http://127.0.0.1:9398/metrics");
    }

    @Test
    void theShippedFileShowsEveryKeyAndTheDefaults() throws Exception {
        List<String> lines = Files.readAllLines(TEMPLATE);
        assertThat(lines).allMatch(line -> line.isEmpty() || line.startsWith("#"));
        String keys = lines.stream()
                .filter(line -> !line.startsWith("##"))
                .map(line -> line.replaceFirst("#", ""))
                .collect(Collectors.joining("\n"));
        assertThat(bind(keys))
                .isEqualTo(new MetricsPrometheusConfig(
                        MetricsPrometheusConfig.DEFAULT.address(),
                        MetricsPrometheusConfig.DEFAULT.port(),
                        MetricsPrometheusConfig.DEFAULT.path(),
                        new BasicConfig("prometheus", "change-me"),
                        "change-me",
                        new TlsConfig("metrics.p12", "change-me")));
    }

    @Test
    void secretsStayOutOfLogs() throws Exception {
        MetricsPrometheusConfig config = bind("""
                bearer-token: s3cret
                basic: {user: ann, password: s3cret}
                tls: {key-store: k.p12, password: s3cret}
                """);
        assertThat(config).hasToString("https://127.0.0.1:9398/metrics");
        assertThat(config.basic()).hasToString("ann");
        assertThat(config.tls()).hasToString("k.p12");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prot: 1               | prot: unknown key
            port: 65536           | port: 65536 (expected: 0 to 65535)
            port: -1              | port: -1 (expected: 0 to 65535)
            path: metrics         | path: metrics (expected: such as /metrics)
            bearer-token: a b     | bearer-token: unfit
            bearer-token: ''      | bearer-token: unfit
            basic: {user: a}      | password: none
            basic: {user: 'a:b', password: c} | user: a:b (expected: a name without a colon)
            tls: {password: a}    | key-store: none
            """)
    void aMistakeIsNamed(String line, String problem) {
        assertThatThrownBy(() -> bind(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    private MetricsPrometheusConfig bind(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("metrics-prometheus.yaml"), text);
        return ConfigBinder.bind(file, MetricsPrometheusConfig.class);
    }
}
