// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.skep.sdk.service.Reading;
import io.skep.sdk.service.Reading.Bucket;
import io.skep.sdk.service.Reading.Kind;
import io.skep.sdk.service.Reading.Times;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FamiliesTest {

    private static final Times TIMES = new Times(0.5, List.of(new Bucket(0.01, 3), new Bucket(0.1, 5)));

    private final Families families = new Families(LoggerFactory.getLogger("extension.metrics-prometheus"));

    @Test
    void aCounterOfTheBrokerEndsWithTotal() throws Exception {
        assertThat(text(reading("skep", "messages_received", Kind.COUNTER, Map.of(), 7, null)))
                .isEqualTo("""
                        # HELP skep_messages_received_total what it is
                        # TYPE skep_messages_received_total counter
                        skep_messages_received_total 7.0
                        """);
    }

    @Test
    void aGaugeOfAnExtensionHasItsId() throws Exception {
        assertThat(text(reading("Auth-http", "cache_bytes", Kind.GAUGE, Map.of("cache", "a\"b"), 7, null)))
                .isEqualTo("""
                        # HELP skep_extension_auth_http_cache_bytes what it is
                        # TYPE skep_extension_auth_http_cache_bytes gauge
                        skep_extension_auth_http_cache_bytes{cache="a\\"b"} 7.0
                        """);
    }

    @Test
    void aTimerIsAHistogramOfSeconds() throws Exception {
        assertThat(text(reading("skep", "journal_commit", Kind.TIMER, Map.of("le", "x"), 6, TIMES)))
                .isEqualTo("""
                        # HELP skep_journal_commit_seconds what it is
                        # TYPE skep_journal_commit_seconds histogram
                        skep_journal_commit_seconds_bucket{le_="x",le="0.01"} 3
                        skep_journal_commit_seconds_bucket{le_="x",le="0.1"} 5
                        skep_journal_commit_seconds_bucket{le_="x",le="+Inf"} 6
                        skep_journal_commit_seconds_count{le_="x"} 6
                        skep_journal_commit_seconds_sum{le_="x"} 0.5
                        """);
    }

    @Test
    void metersOfOneNameAreOneFamily() throws Exception {
        assertThat(text(
                        reading("skep", "calls", Kind.COUNTER, Map.of("kind", "a"), 1, null),
                        reading("skep", "other", Kind.COUNTER, Map.of(), 2, null),
                        reading("skep", "calls", Kind.COUNTER, Map.of("kind", "b"), 3, null)))
                .containsOnlyOnce("# TYPE skep_calls_total counter\n")
                .contains("skep_calls_total{kind=\"a\"} 1.0\nskep_calls_total{kind=\"b\"} 3.0\n");
    }

    @Test
    void whatWouldMakeTheAnswerInvalidIsLeftOut() throws Exception {
        assertThat(text(
                        reading("a-b", "x", Kind.COUNTER, Map.of(), 1, null),
                        reading("a_b", "x", Kind.COUNTER, Map.of(), 2, null),
                        reading("a.b", "x", Kind.GAUGE, Map.of(), 3, null),
                        reading("a-b", "x_total", Kind.COUNTER, Map.of(), 4, null),
                        reading("a-b", "y", Kind.TIMER, Map.of(), 6, TIMES),
                        reading("a-b", "y_seconds_count", Kind.GAUGE, Map.of(), 7, null)))
                .contains("skep_extension_a_b_x_total 1.0\n", "skep_extension_a_b_y_seconds_count 6\n")
                .doesNotContain(" 2.0", " 3.0", " 4.0", " 7.0");
    }

    @Test
    void inOpenMetricsUnitsAreNamed() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpenMetricsTextFormatWriter.create()
                .write(out, snapshots(reading("skep", "journal_commit", Kind.TIMER, Map.of(), 6, TIMES)));
        assertThat(out.toString(UTF_8))
                .contains("# UNIT skep_journal_commit_seconds seconds\n")
                .endsWith("# EOF\n");
    }

    private String text(Reading... readings) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, snapshots(readings));
        return out.toString(UTF_8);
    }

    private MetricSnapshots snapshots(Reading... readings) {
        return families.of(List.of(readings));
    }

    private static Reading reading(
            String source, String name, Kind kind, Map<String, String> tags, double value, @Nullable Times times) {
        return new Reading(source, name, "what it is", kind, tags, value, times);
    }
}
