// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.metrics.Times;
import io.skep.broker.session.SessionRegistry.Holdings;
import io.skep.sdk.service.Reading;
import io.skep.sdk.service.Reading.Bucket;
import io.skep.sdk.service.Reading.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the broker itself counts, as readings. */
final class BrokerMeters {

    private static final String SOURCE = "skep";

    private BrokerMeters() {}

    /** {@return the counters, and the gauges once the broker runs} */
    static List<Reading> read(Metrics metrics, @Nullable Core core) {
        List<Reading> readings = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            String name = metric.name().toLowerCase(Locale.ROOT);
            readings.add(new Reading(
                    SOURCE, name, name.replace('_', ' '), Kind.COUNTER, Map.of(), metrics.get(metric), null));
        }
        readings.add(timer(SOURCE, "journal_commit", "commits of the journal", Map.of(), metrics.commits()));
        if (core != null) {
            Holdings holdings = core.sessions().holdings();
            readings.add(
                    gauge("connections", "open connections", core.reception().size()));
            readings.add(gauge(
                    "sessions", "sessions, connected or not", core.sessions().size()));
            readings.add(gauge("subscriptions", "subscriptions of all sessions", holdings.subscriptions()));
            readings.add(gauge(
                    "retained_messages",
                    "topics with a retained message",
                    core.router().retained().size()));
            readings.add(gauge("queued_messages", "messages of QoS 1 and 2 not acknowledged", holdings.messages()));
            readings.add(gauge("queued_bytes", "bytes of queued messages", holdings.bytes()));
            readings.add(gauge(
                    "journal_waiting",
                    "writes that wait for the disk",
                    core.journal().waiting()));
        }
        return readings;
    }

    private static Reading gauge(String name, String description, long value) {
        return new Reading(SOURCE, name, description, Kind.GAUGE, Map.of(), value, null);
    }

    static Reading timer(String source, String name, String description, Map<String, String> tags, Times times) {
        long[] counts = times.counts();
        double[] seconds = Times.bucketSeconds();
        List<Bucket> buckets = new ArrayList<>();
        long count = 0;
        for (int i = 0; i < seconds.length; i++) {
            count += counts[i];
            buckets.add(new Bucket(seconds[i], count));
        }
        count += counts[seconds.length];
        Reading.Times all = new Reading.Times(times.sumSeconds(), List.copyOf(buckets));
        return new Reading(source, name, description, Kind.TIMER, tags, count, all);
    }
}
