// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is particular to this engine, beyond the contract of all. */
class PostgresqlStorageTest {

    @RegisterExtension
    static final PostgresqlServer server = new PostgresqlServer();

    private static final Keyspace SPACE = Keyspace.SUBSCRIPTIONS;

    @Test
    void keysThatAreTooLongForAnIndexAreKeysTooAndInOrder() {
        List<byte[]> keys = new ArrayList<>();
        for (int length : new int[] {1, 1023, 1024, 1025, 1026, 3000, 65_543}) {
            for (byte last : new byte[] {0, 1, (byte) 255}) {
                byte[] key = new byte[length];
                Arrays.fill(key, (byte) 'k');
                key[length - 1] = last;
                keys.add(key);
            }
        }
        try (Storage storage = Engines.open(server, "long_keys")) {
            for (int round = 0; round < 2; round++) { // the second time each is replaced
                byte[] value = {(byte) round};
                assertThat(Engines.commit(storage, batch -> keys.forEach(key -> batch.put(SPACE, key, value))))
                        .isEmpty();
            }
            keys.sort(Arrays::compareUnsigned);
            assertThat(all(storage)).containsExactlyElementsOf(keys);
            assertThat(scan(storage, keys.get(3), keys.get(17))).containsExactlyElementsOf(keys.subList(3, 17));
            assertThat(storage.lastKey(SPACE, keys.get(3), keys.get(17))).isEqualTo(keys.get(16));
            assertThat(storage.lastKey(SPACE, keys.get(3), Keys.after(keys.get(19))))
                    .isEqualTo(keys.get(19));
            assertThat(storage.get(SPACE, keys.get(20))).containsExactly(1);
            Engines.commit(storage, batch -> batch.deleteRange(SPACE, keys.get(5), keys.get(19)));
            Engines.commit(storage, batch -> batch.delete(SPACE, keys.get(20)));
            keys.subList(5, 19).clear();
            keys.remove(keys.size() - 1);
            assertThat(all(storage)).containsExactlyElementsOf(keys);
        }
    }

    @Test
    void batchesOfAnyShapeComeToWhatASortedMapComesTo() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        try (Storage storage = Engines.open(server, "shapes")) {
            for (int round = 0; round < 20; round++) {
                int batches = 1 + random.nextInt(5); // that the engine may put into one transaction
                CountDownLatch ends = new CountDownLatch(batches);
                for (int i = 0; i < batches; i++) {
                    WriteBatch batch = storage.batch();
                    for (int writes = random.nextInt(30); writes > 0; writes--) {
                        write(random, batch, model);
                    }
                    storage.commit(batch, failure -> ends.countDown());
                }
                assertThat(ends.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(all(storage)).as("seed %d, round %d", seed, round).containsExactlyElementsOf(model.keySet());
                for (Map.Entry<byte[], byte[]> entry : model.entrySet()) {
                    assertThat(storage.get(SPACE, entry.getKey())).isEqualTo(entry.getValue());
                }
            }
        }
    }

    private static void write(Random random, WriteBatch batch, NavigableMap<byte[], byte[]> model) {
        byte[] key = key(random);
        switch (random.nextInt(5)) {
            case 0 -> {
                batch.delete(SPACE, key);
                model.remove(key);
            }
            case 1 -> {
                byte[] other = key(random);
                byte[] from = Arrays.compareUnsigned(key, other) < 0 ? key : other;
                byte[] to = from == key ? other : key;
                batch.deleteRange(SPACE, from, to);
                model.subMap(from, true, to, false).clear();
            }
            default -> {
                byte[] value = new byte[random.nextInt(3)];
                random.nextBytes(value);
                batch.put(SPACE, key, value);
                model.put(key, value);
            }
        }
    }

    private static byte[] key(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(16) * 17); // few enough to meet again
        }
        return key;
    }

    @Test
    void aBatchThatIsTooLargeForOneTripIsStillOneTransaction() {
        byte[] value = new byte[20 << 20];
        try (Storage storage = Engines.open(server, "large")) {
            assertThat(Engines.commit(storage, batch -> {
                        for (int i = 0; i < 5; i++) {
                            batch.put(SPACE, new byte[] {(byte) i}, value);
                        }
                    }))
                    .isEmpty();
            assertThat(all(storage)).hasSize(5);
        }
    }

    @Test
    void aSecondBrokerIsRefusedAndToldWhoHasTheTables() throws Exception {
        try (Storage first = Engines.open(server, "taken")) {
            assertThatThrownBy(() -> Engines.open(server, "taken"))
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("url: '" + server.url() + "' (expected: a schema that no other broker uses,"
                            + " but \"taken\" is in use by skep, process "
                            + ProcessHandle.current().pid() + " at 127.0.0.1 since ")
                    .hasMessageEndingWith("; stop that broker or choose another schema)");
            Engines.open(server, "free").close();
            assertThat(Engines.put(first, "a", "1")).isEmpty();
        }
        Engines.open(server, "taken").close();
    }

    @Test
    void aRestartOfTheServerGoesUnnoticedIfNothingIsCommittedMeanwhile() throws Exception {
        try (Storage storage = Engines.open(server, "unnoticed")) {
            assertThat(Engines.put(storage, "a", "1")).isEmpty();
            server.stop();
            server.start();
            assertThat(Engines.get(storage, "a")).isEqualTo("1");
            assertThat(Engines.put(storage, "a", "2")).isEmpty();
            server.crash();
            server.start();
            assertThat(Engines.put(storage, "a", "3")).isEmpty();
            assertThat(Engines.get(storage, "a")).isEqualTo("3");
        }
    }

    @Test
    void whileTheServerIsDownCommitsFailAndThenTheySucceedAgain() throws Exception {
        try (Storage storage = Engines.open(server, "resumes")) {
            assertThat(Engines.put(storage, "a", "1")).isEmpty();
            server.stop();
            assertThat(Engines.put(storage, "a", "2")).isPresent();
            assertThat(Engines.put(storage, "a", "3"))
                    .hasValueSatisfying(failure -> assertThat(failure)
                            .hasMessageStartingWith("url: '" + server.url()
                                    + "' (expected: a PostgreSQL server that can be used, but: "));
            assertThatThrownBy(() -> Engines.get(storage, "a")).isInstanceOf(StorageException.class);
            server.start();
            awaitCommit(storage, "b", "4");
            assertThat(Engines.get(storage, "a")).isNotEqualTo("none"); // 2 or 3 may have been committed, or not
        }
    }

    /** A machine that was cut off, given up, and comes back. */
    @Test
    void aBrokerWhoseTablesAnotherOneUsedMeanwhileDoesNotGoOn() throws Exception {
        try (Storage first = Engines.open(server, "fenced")) {
            assertThat(Engines.put(first, "a", "first")).isEmpty();
            disconnectAll();
            try (Storage second = Engines.open(server, "fenced")) {
                assertThat(Engines.put(second, "a", "second")).isEmpty();
                assertThat(Engines.put(first, "a", "both"))
                        .hasValueSatisfying(failure -> assertThat(failure).hasMessageContaining("is in use by skep"));
            }
            awaitFailure(first, "another one used \"fenced\" meanwhile; restart this broker");
        }
        try (Storage third = Engines.open(server, "fenced")) {
            assertThat(Engines.get(third, "a")).isEqualTo("second");
        }
    }

    @Test
    void aServerThatDoesNotSurviveAPowerCutIsRefused() throws Exception {
        server.stop();
        server.start("fsync=off");
        try {
            assertThatThrownBy(() -> Engines.open(server, "unsafe"))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("but its setting fsync is off");
            Engines.provider(server, "unsafe").open(Path.of(""), Durability.OS).close();
        } finally {
            server.stop();
            server.start();
        }
    }

    @Test
    void aServerThatCommitsBeforeItWritesIsAskedToWriteFirst() throws Exception {
        server.execute("ALTER ROLE skep SET synchronous_commit = off");
        try (Storage storage = Engines.open(server, "hasty")) {
            server.execute("CREATE TABLE seen (setting text)");
            server.execute("CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN new; END $$");
            server.execute("CREATE TRIGGER see AFTER INSERT ON hasty.entries EXECUTE FUNCTION see()");
            assertThat(Engines.put(storage, "a", "1")).isEmpty();
            assertThat(server.query("SELECT string_agg(setting, ' ') FROM seen"))
                    .isEqualTo("on");
        } finally {
            server.execute("ALTER ROLE skep RESET synchronous_commit");
        }
    }

    @Test
    void tablesOfANewerFormatAreRefused() throws Exception {
        Engines.open(server, "newer").close();
        server.execute("UPDATE newer.about SET format = 2");
        assertThatThrownBy(() -> Engines.open(server, "newer"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("tables of format 1 or older, but a newer Skep wrote those in \"newer\"");
    }

    @Test
    void aRoleWithoutRightsOnTheDatabaseUsesASchemaThatWasMadeForIt() throws Exception {
        server.execute("CREATE ROLE modest LOGIN PASSWORD '" + PostgresqlServer.PASSWORD + "'");
        server.execute("CREATE SCHEMA made AUTHORIZATION modest");
        server.execute("REVOKE CREATE ON DATABASE postgres FROM PUBLIC");
        try (Storage storage = Engines.provider(server, "modest", "made").open(Path.of(""), Durability.FSYNC)) {
            assertThat(Engines.put(storage, "a", "1")).isEmpty();
        }
        assertThatThrownBy(() -> Engines.provider(server, "modest", "unmade").open(Path.of(""), Durability.FSYNC))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("permission denied for database");
    }

    @Test
    void aLoginThatFailsIsToldToTheOperator() {
        assertThatThrownBy(() -> Engines.provider(server, "nobody", "any").open(Path.of(""), Durability.FSYNC))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("password authentication failed for user \"nobody\"");
    }

    private static void awaitCommit(Storage storage, String key, String value) {
        long begin = System.nanoTime();
        while (Engines.put(storage, key, value).isPresent()) {
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(30));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static void awaitFailure(Storage storage, String text) {
        long begin = System.nanoTime();
        while (Engines.put(storage, "a", "again")
                .filter(failure -> String.valueOf(failure.getMessage()).contains(text))
                .isEmpty()) {
            assertThat(System.nanoTime() - begin).as(text).isLessThan(TimeUnit.SECONDS.toNanos(30));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Ends the connections of all brokers, as the server does when it hears nothing from their machines. */
    private static void disconnectAll() throws Exception {
        server.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE application_name LIKE 'skep%'");
    }

    private static List<byte[]> all(Storage storage) {
        return scan(storage, new byte[0], null);
    }

    private static List<byte[]> scan(Storage storage, byte[] from, byte @Nullable [] to) {
        List<byte[]> keys = new ArrayList<>();
        storage.scan(SPACE, from, to, (key, value) -> keys.add(key));
        return keys;
    }
}
