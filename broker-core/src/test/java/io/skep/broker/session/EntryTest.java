// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.routing.Message;
import io.skep.broker.storage.DataFormat;
import io.skep.broker.storage.MemoryProvider;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntryTest {

    private final SessionFixture fixture = new SessionFixture(1);
    private final Outbox outbox = new Session("client", 7, fixture.registry.lane(0), fixture.registry).outbox();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Keeps what is put. */
    private static final class Puts implements WriteBatch {

        private final List<byte[]> keys = new ArrayList<>();
        private final List<byte[]> values = new ArrayList<>();

        @Override
        public void put(Keyspace keyspace, byte[] key, byte[] value) {
            assertThat(keyspace).isEqualTo(Keyspace.QUEUE);
            keys.add(key);
            values.add(value);
        }

        @Override
        public void delete(Keyspace keyspace, byte[] key) {
            throw new IllegalStateException("delete: (expected: a put)");
        }

        @Override
        public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
            throw new IllegalStateException("delete: (expected: a put)");
        }
    }

    private static byte[] stored(Entry entry) {
        Puts puts = new Puts();
        entry.store(puts);
        assertThat(puts.values).hasSize(1);
        return puts.values.get(0);
    }

    @Test
    void everyEntryIsReadAsItWasStored() {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Message message = new Message(
                    new byte[] {'t'}, new byte[random.nextInt(100)], null, 2, random.nextBoolean(), random.nextInt(5));
            int @Nullable [] identifiers =
                    random.ints(random.nextInt(4), 1, 268_435_456).toArray();
            identifiers = identifiers.length == 0 ? null : identifiers;
            Entry entry = new Entry(outbox, i, message, 1 + random.nextInt(2), random.nextBoolean(), identifiers);

            Entry read = EntryRecord.read(outbox, i, stored(entry), null);

            assertThat(read.message()).usingRecursiveComparison().isEqualTo(message);
            assertThat(read.qos()).isEqualTo(entry.qos());
            assertThat(read.retain()).isEqualTo(entry.retain());
            assertThat(read.identifiers()).isEqualTo(identifiers);
            assertThat(read.phase()).isEqualTo(Entry.Phase.WAITING);
            assertThat(read.isStored()).isTrue();
            assertThat(read.position()).isEqualTo(i);
        }
    }

    @Test
    void asManySubscriptionIdentifiersAsOneClientCanHaveAreKept() {
        int[] identifiers = new Random(1).ints(300, 1, 268_435_456).toArray();
        Message message = new Message(new byte[] {'t'}, new byte[0], null, 1, false, 0);

        Entry read = EntryRecord.read(outbox, 1, stored(new Entry(outbox, 1, message, 1, false, identifiers)), null);

        assertThat(read.identifiers()).isEqualTo(identifiers);
    }

    @Test
    void ofAReleasedEntryOnlyThatIsKept() {
        byte[] record = EntryRecord.released(1);
        Entry read = EntryRecord.read(outbox, 5, record, null);

        assertThat(record).hasSizeLessThan(10);
        assertThat(read.phase()).isEqualTo(Entry.Phase.RELEASED);
        assertThat(read.qos()).isEqualTo(2);
        assertThat(read.message()).isNull();
    }

    @Test
    void aRecordOfAnotherFormatIsRefused() {
        assertThatThrownBy(() -> EntryRecord.read(outbox, 1, new byte[] {9, 1, 0, 0, 0}, null))
                .hasMessageContaining("9 (expected: 1)");
    }

    @Test
    void aSharedMessageIsThereUntilTheLastRecordIsGoneThatRefersToIt() {
        Message message = new Message(new byte[] {'t'}, new byte[100], null, 2, false, 0);
        List<Entry> entries =
                List.of(new Entry(outbox, 0, message, 2, false, null), new Entry(outbox, 1, message, 2, false, null));
        entries.forEach(Entry::hold);
        try (Storage storage = new MemoryProvider().open(Path.of(""), Durability.NONE)) {
            WriteBatch batch = storage.batch();
            entries.forEach(entry -> entry.store(batch));
            DataFormat.commit(storage, batch);
            assertThat(references(storage)).containsExactly(message.number(), message.number());
            entries.forEach(Entry::letGo);
            byte[] payload = Payloads.key(message.number());
            WriteBatch one = storage.batch();
            entries.get(0).release(one, true);
            DataFormat.commit(storage, one);
            assertThat(references(storage)).containsExactly(0L, message.number());
            assertThat(storage.get(Keyspace.PAYLOADS, payload)).isNotNull(); // a crash may come now
            WriteBatch other = storage.batch();
            entries.get(1).release(other, true);
            DataFormat.commit(storage, other);
            assertThat(references(storage)).containsExactly(0L, 0L);
            assertThat(storage.get(Keyspace.PAYLOADS, payload)).isNull();
        }
    }

    private static List<Long> references(Storage storage) {
        List<Long> references = new ArrayList<>();
        storage.scan(
                Keyspace.QUEUE, new byte[] {0}, null, (key, value) -> references.add(EntryRecord.reference(value)));
        return references;
    }
}
