// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import io.prometheus.metrics.model.snapshots.Unit;
import io.skep.sdk.service.Reading;
import io.skep.sdk.service.Reading.Bucket;
import io.skep.sdk.service.Reading.Kind;
import io.skep.sdk.service.Reading.Times;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Readings as Prometheus names and types them. Meters of one name with different tags are one family. What would have
 * the name of another family, or the name and labels of another meter, is left out and logged once: one such meter must
 * not make the whole answer invalid.
 */
final class Families {

    private static final String BROKER = "skep";

    private final Logger log;
    private final Set<String> logged = ConcurrentHashMap.newKeySet(); // at most one for each meter

    /** The readings of one name, and their labels, which are different. */
    private record Family(Kind kind, String help, Map<Labels, Reading> members) {}

    Families(Logger log) {
        this.log = log;
    }

    MetricSnapshots of(List<Reading> readings) {
        Map<String, Family> families = new LinkedHashMap<>();
        for (Reading reading : readings) {
            Family family = families.computeIfAbsent(
                    name(reading), name -> new Family(reading.kind(), reading.description(), new LinkedHashMap<>()));
            if (family.kind() != reading.kind() || family.members().putIfAbsent(labels(reading), reading) != null) {
                logOnce(reading);
            }
        }
        List<MetricSnapshot> snapshots = new ArrayList<>();
        Set<String> samples = new HashSet<>();
        families.forEach((name, family) -> {
            List<String> own = samples(name, family.kind());
            if (Collections.disjoint(samples, own)) {
                samples.addAll(own);
                snapshots.add(snapshot(name, family));
            } else {
                family.members().values().forEach(this::logOnce);
            }
        });
        return new MetricSnapshots(snapshots);
    }

    private void logOnce(Reading reading) {
        if (logged.add(reading.source() + " " + reading.name() + " " + reading.tags())) {
            log.warn(
                    "meter {} {} of {}: not shown (expected: no other of that name and kind)",
                    reading.name(),
                    reading.tags(),
                    reading.source());
        }
    }

    /** Of the broker {@code skep_NAME}, of an extension {@code skep_extension_ID_NAME}; a timer ends with its unit. */
    private static String name(Reading reading) {
        String source = reading.source().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
        String prefix = source.equals(BROKER) ? "skep_" : "skep_extension_" + source + "_";
        String name = PrometheusNaming.sanitizeMetricName(prefix + reading.name()); // without _total and the like
        return reading.kind() == Kind.TIMER && !name.endsWith("_seconds") ? name + "_seconds" : name;
    }

    private static Labels labels(Reading reading) {
        Labels labels = Labels.EMPTY;
        for (Map.Entry<String, String> tag : reading.tags().entrySet()) {
            String name = tag.getKey();
            labels = labels.add(name.equals("le") ? "le_" : name, tag.getValue()); // the bounds of buckets are le
        }
        return labels;
    }

    private static List<String> samples(String name, Kind kind) {
        return switch (kind) {
            case COUNTER -> List.of(name, name + "_total");
            case GAUGE -> List.of(name);
            case TIMER -> List.of(name, name + "_bucket", name + "_sum", name + "_count");
        };
    }

    private static MetricSnapshot snapshot(String name, Family family) {
        MetricMetadata metadata = new MetricMetadata(name, family.help(), unit(name));
        return switch (family.kind()) {
            case COUNTER -> {
                List<CounterDataPointSnapshot> points = new ArrayList<>();
                family.members()
                        .forEach((labels, reading) ->
                                points.add(new CounterDataPointSnapshot(reading.value(), labels, null, 0)));
                yield new CounterSnapshot(metadata, points);
            }
            case GAUGE -> {
                List<GaugeDataPointSnapshot> points = new ArrayList<>();
                family.members()
                        .forEach((labels, reading) ->
                                points.add(new GaugeDataPointSnapshot(reading.value(), labels, null)));
                yield new GaugeSnapshot(metadata, points);
            }
            case TIMER -> {
                List<HistogramDataPointSnapshot> points = new ArrayList<>();
                family.members().forEach((labels, reading) -> points.add(histogram(labels, reading)));
                yield new HistogramSnapshot(metadata, points);
            }
        };
    }

    private static @Nullable Unit unit(String name) {
        if (name.endsWith("_bytes")) {
            return Unit.BYTES;
        }
        return name.endsWith("_seconds") ? Unit.SECONDS : null;
    }

    /** A reading counts what took up to some time, a snapshot what took between that and the time before. */
    private static HistogramDataPointSnapshot histogram(Labels labels, Reading reading) {
        Times times = Objects.requireNonNull(reading.times(), "times");
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        long before = 0;
        for (Bucket bucket : times.buckets()) {
            bounds.add(bucket.seconds());
            counts.add(bucket.count() - before);
            before = bucket.count();
        }
        bounds.add(Double.POSITIVE_INFINITY);
        counts.add((long) reading.value() - before);
        ClassicHistogramBuckets buckets = ClassicHistogramBuckets.of(bounds, counts);
        return new HistogramDataPointSnapshot(buckets, times.sumSeconds(), labels, null, 0);
    }
}
