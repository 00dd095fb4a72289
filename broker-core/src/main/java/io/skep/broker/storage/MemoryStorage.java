// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sorted maps, gone when closed: for tests, and for brokers that need not remember. */
final class MemoryStorage implements Storage {

    private final List<NavigableMap<byte[], byte[]>> maps = new ArrayList<>();

    MemoryStorage() {
        for (Keyspace keyspace : Keyspace.values()) {
            maps.add(keyspace.ordinal(), new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    @Override
    public byte @Nullable [] get(Keyspace keyspace, byte[] key) {
        return map(keyspace).get(key);
    }

    @Override
    public void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor) {
        NavigableMap<byte[], byte[]> tail = map(keyspace).tailMap(from, true);
        for (Map.Entry<byte[], byte[]> entry : tail.entrySet()) {
            boolean behind = to != null && Arrays.compareUnsigned(entry.getKey(), to) >= 0;
            if (behind || !visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    @Override
    public byte @Nullable [] lastKey(Keyspace keyspace, byte[] from, byte[] to) {
        byte[] last = map(keyspace).lowerKey(to);
        return last == null || Arrays.compareUnsigned(last, from) < 0 ? null : last;
    }

    @Override
    public WriteBatch batch() {
        return new Batch();
    }

    @Override
    public void commit(WriteBatch batch, Done done) {
        ((Batch) batch).changes.forEach(Runnable::run);
        done.done(null);
    }

    @Override
    public void close() {
        maps.forEach(Map::clear);
    }

    private NavigableMap<byte[], byte[]> map(Keyspace keyspace) {
        return maps.get(keyspace.ordinal());
    }

    private final class Batch implements WriteBatch {

        private final List<Runnable> changes = new ArrayList<>();

        @Override
        public void put(Keyspace keyspace, byte[] key, byte[] value) {
            changes.add(() -> map(keyspace).put(key, value));
        }

        @Override
        public void delete(Keyspace keyspace, byte[] key) {
            changes.add(() -> map(keyspace).remove(key));
        }

        @Override
        public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
            changes.add(() -> map(keyspace).subMap(from, true, to, false).clear());
        }
    }
}
