// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static io.skep.broker.ServedBroker.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Qos;
import io.skep.sdk.service.BrokerFacts;
import io.skep.sdk.service.Counter;
import io.skep.sdk.service.Message;
import io.skep.sdk.service.Meters;
import io.skep.sdk.service.Reading;
import io.skep.sdk.service.Reading.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExtensionMetersTest {

    @TempDir
    private Path home;

    @Test
    void whatAnExtensionCountsIsReadByAnother() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                var reader = served.of("reader")) {
            Meters meters = served.services.meters();
            Counter logins = meters.counter("logins", "who came", Map.of("result", "ok"));
            logins.increment();
            logins.add(2);
            assertThat(meters.counter("logins", "who came", Map.of("result", "ok")))
                    .isSameAs(logins);
            meters.timer("lookup", "how long").record(3_000_000);
            meters.timer("lookup", "how long").record(3_000_000_000L);
            meters.gauge("entries", "in the cache", Map.of(), () -> 7.5);
            meters.gauge("broken", "nothing", Map.of(), () -> {
                throw new IllegalStateException("no");
            });
            List<Reading> readings = reader.meters().read().stream()
                    .filter(reading -> reading.source().equals("probe"))
                    .toList();
            assertThat(readings).hasSize(3);
            assertThat(readings)
                    .contains(
                            new Reading("probe", "logins", "who came", Kind.COUNTER, Map.of("result", "ok"), 3, null),
                            new Reading("probe", "entries", "in the cache", Kind.GAUGE, Map.of(), 7.5, null));
            Reading lookup = one(readings, "lookup");
            assertThat(lookup.value()).isEqualTo(2);
            Reading.Times times = Objects.requireNonNull(lookup.times());
            assertThat(times.sumSeconds()).isEqualTo(3.003);
            assertThat(times.buckets())
                    .contains(new Reading.Bucket(0.002_5, 0), new Reading.Bucket(0.005, 1), new Reading.Bucket(5, 2));
            served.services.close();
            assertThat(reader.meters().read())
                    .extracting(Reading::source)
                    .as("with the extension its meters end")
                    .doesNotContain("probe");
        }
    }

    @Test
    void namesAndKindsAreKeptInOrder() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            Meters meters = served.services.meters();
            for (String wrong : List.of("", "Logins", "9", "a-b", "a.b")) {
                assertThatThrownBy(() -> meters.counter(wrong, "")).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> meters.counter("a", "", Map.of(wrong, "x")))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            meters.counter("b", "");
            assertThatThrownBy(() -> meters.timer("b", "")).isInstanceOf(IllegalArgumentException.class);
            for (int i = 1; i < Meters.METERS_MAX; i++) {
                meters.counter("b", "", Map.of("n", "" + i));
            }
            assertThatThrownBy(() -> meters.counter("c", "")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theBrokersOwnMetersAreThere() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            try (RawClient bob = RawClient.connect(served.port(), "bob", false)) {
                bob.subscribe(1, "q", "r");
            }
            RunningBroker.await("the end of a connection", () -> served.broker.connections() == 1);
            Message message = Message.of("q", "12345678").withQos(Qos.AT_LEAST_ONCE);
            soon(served.services.publisher().publish(message.withRetain(true)));
            List<Reading> readings = served.services.meters().read();
            assertThat(ann.socket().isConnected()).isTrue();
            assertThat(one(readings, "clients_connected").value()).isEqualTo(2);
            assertThat(one(readings, "clients_connected").kind()).isEqualTo(Kind.COUNTER);
            assertThat(one(readings, "connections").value()).isEqualTo(1);
            assertThat(one(readings, "connections").kind()).isEqualTo(Kind.GAUGE);
            assertThat(one(readings, "sessions").value()).isEqualTo(2);
            assertThat(one(readings, "subscriptions").value()).isEqualTo(2);
            assertThat(one(readings, "retained_messages").value()).isEqualTo(1);
            assertThat(one(readings, "queued_messages").value()).isEqualTo(1);
            assertThat(one(readings, "queued_bytes").value()).isGreaterThanOrEqualTo(9);
            Reading commits = one(readings, "journal_commit");
            assertThat(commits.value())
                    .isEqualTo(one(readings, "journal_commits").value());
            assertThat(Objects.requireNonNull(commits.times()).sumSeconds()).isPositive();
        }
    }

    private static Reading one(List<Reading> readings, String name) {
        return readings.stream()
                .filter(reading -> reading.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Test
    void theBrokerTellsWhatItIs() throws IOException {
        Instant before = Instant.now();
        String dataId;
        try (ServedBroker served = ServedBroker.start(home)) {
            BrokerFacts facts = soon(served.services.broker());
            dataId = facts.dataId();
            assertThat(facts.version()).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(facts.startedAt()).isBetween(before, Instant.now());
            assertThat(facts.listeners()).hasSize(1);
            assertThat(facts.listeners().get(0).type()).isEqualTo("tcp");
            assertThat(facts.listeners().get(0).address().getPort()).isEqualTo(served.port());
        }
        try (ServedBroker served = ServedBroker.start(home)) {
            assertThat(soon(served.services.broker()).dataId())
                    .as("goes with the data")
                    .isEqualTo(dataId);
        }
    }
}
