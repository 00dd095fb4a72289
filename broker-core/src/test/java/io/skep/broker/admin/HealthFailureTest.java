// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.json.JsonObject;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.storage.Journal;
import io.skep.broker.storage.MemoryProvider;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Health on a storage whose disk can be full. */
final class HealthFailureTest {

    private static final JsonObject REQUEST = new JsonObject().put("command", "health");

    private final FullDisk disk = new FullDisk();
    private final Journal journal = new Journal(disk, new Metrics());
    private final Health health = new Health(journal, () -> 7, () -> 8);

    @AfterEach
    void close() {
        disk.silent = false;
        journal.close();
    }

    @Test
    void aBrokerThatStartsOrStopsIsNotHealthy() throws InterruptedException {
        assertThat(health.run(REQUEST).flag("healthy")).isFalse();
        health.state(Health.State.READY);
        assertThat(health.run(REQUEST).flag("healthy")).isTrue();
        health.state(Health.State.STOPPING);
        JsonObject answer = health.run(REQUEST);
        assertThat(answer.flag("healthy")).isFalse();
        assertThat(answer.text("state")).isEqualTo("stopping");
    }

    @Test
    void aStorageThatCannotWriteIsToldWithTheFirstFailureAndItsTimeUntilItCan() throws InterruptedException {
        health.state(Health.State.READY);
        Instant before = Instant.now();
        disk.full = "disk: full";
        JsonObject first = health.run(REQUEST).object("storage");
        disk.full = "disk: still full";
        JsonObject second = health.run(REQUEST).object("storage");

        assertThat(first.flag("writes")).isFalse();
        assertThat(first.text("why")).isEqualTo("disk: full");
        assertThat(Instant.parse(first.text("failingSince"))).isBetween(before, Instant.now());
        assertThat(second).hasToString(first.toString());

        disk.full = null;
        health.run(REQUEST); // the attempt that succeeds
        assertThat(health.run(REQUEST).flag("healthy")).isTrue();
    }

    @Test
    void aStorageThatDoesNotAnswerIsNotWaitedForLong() throws InterruptedException {
        health.state(Health.State.READY);
        disk.silent = true;
        JsonObject answer = health.run(REQUEST);
        assertThat(answer.flag("healthy")).isFalse();
        assertThat(answer.object("storage").text("why")).contains("no commit within 3 s");
    }

    /** A storage in memory that can refuse, or hold its answers back. */
    private static final class FullDisk implements Storage {

        private final Storage storage = new MemoryProvider().open(Path.of(""), Durability.NONE);
        private volatile @Nullable String full;
        private volatile boolean silent;

        @Override
        public byte @Nullable [] get(Keyspace keyspace, byte[] key) {
            return storage.get(keyspace, key);
        }

        @Override
        public void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor) {
            storage.scan(keyspace, from, to, visitor);
        }

        @Override
        public WriteBatch batch() {
            return storage.batch();
        }

        @Override
        public void commit(WriteBatch batch, Done done) {
            String why = full;
            while (silent) {
                Thread.onSpinWait();
            }
            if (why == null) {
                storage.commit(batch, done);
            } else {
                done.done(new StorageException(why, null));
            }
        }

        @Override
        public void close() {
            storage.close();
        }
    }
}
