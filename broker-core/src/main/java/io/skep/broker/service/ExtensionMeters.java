// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.metrics.Times;
import io.skep.sdk.service.Counter;
import io.skep.sdk.service.Meters;
import io.skep.sdk.service.Reading;
import io.skep.sdk.service.Reading.Kind;
import io.skep.sdk.service.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The meters of one extension. */
public final class ExtensionMeters implements Meters {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    private final String extension;
    private final Services services;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
    private final Map<Identity, Object> meters = new ConcurrentHashMap<>();

    private record Identity(String name, Map<String, String> tags) {}

    /** A counter that is one. */
    private record Counted(String description, LongAdder sum) implements Counter {

        @Override
        public void add(long count) {
            notNegative("count", count);
            sum.add(count);
        }

        @Override
        public long count() {
            return sum.sum();
        }
    }

    private record Timed(String description, Times times) implements Timer {

        @Override
        public void record(long nanos) {
            notNegative("nanos", nanos);
            times.record(nanos);
        }
    }

    private record Shown(String description, DoubleSupplier value) {}

    ExtensionMeters(String extension, Services services) {
        this.extension = extension;
        this.services = services;
    }

    @Override
    public Counter counter(String name, String description, Map<String, String> tags) {
        return (Counter) meter(name, tags, Kind.COUNTER, () -> new Counted(description, new LongAdder()));
    }

    @Override
    public Timer timer(String name, String description, Map<String, String> tags) {
        return (Timer) meter(name, tags, Kind.TIMER, () -> new Timed(description, new Times()));
    }

    @Override
    public void gauge(String name, String description, Map<String, String> tags, DoubleSupplier value) {
        meter(name, tags, Kind.GAUGE, () -> new Shown(description, value));
    }

    private Object meter(String name, Map<String, String> tags, Kind kind, Supplier<Object> made) {
        Identity identity = new Identity(name, Map.copyOf(tags));
        Object known = meters.get(identity);
        if (known == null) {
            check("name", name);
            tags.keySet().forEach(tag -> check("tag", tag));
            if (meters.size() >= METERS_MAX) {
                throw new IllegalStateException("meters: more than " + METERS_MAX + " (expected: fewer)");
            }
        }
        Kind first = kinds.putIfAbsent(name, kind);
        if (first != null && first != kind) {
            throw new IllegalArgumentException("name: " + name + " (expected: another, this is a " + first + ")");
        }
        return known != null ? known : meters.computeIfAbsent(identity, key -> made.get());
    }

    /** What only grows is wrong for ever if it once shrinks. */
    private static void notNegative(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: 0 or more)");
        }
    }

    private static void check(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + ": '" + name + "' (expected: lower-case letters, digits and _, a letter first)");
        }
    }

    @Override
    public List<Reading> read() {
        return services.readings();
    }

    void addTo(List<Reading> readings) {
        meters.forEach((identity, meter) -> {
            if (meter instanceof Counted counted) {
                readings.add(new Reading(
                        extension,
                        identity.name(),
                        counted.description(),
                        Kind.COUNTER,
                        identity.tags(),
                        counted.count(),
                        null));
            } else if (meter instanceof Timed timed) {
                readings.add(BrokerMeters.timer(
                        extension, identity.name(), timed.description(), identity.tags(), timed.times()));
            } else if (meter instanceof Shown shown) {
                addGauge(identity, shown, readings);
            }
        });
    }

    private void addGauge(Identity identity, Shown shown, List<Reading> readings) {
        double value;
        try {
            value = shown.value().getAsDouble();
        } catch (RuntimeException e) {
            return; // it has nothing to show now
        }
        readings.add(
                new Reading(extension, identity.name(), shown.description(), Kind.GAUGE, identity.tags(), value, null));
    }
}
