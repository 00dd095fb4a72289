// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a batch comes to, whatever the order of its calls: first ranges are deleted, then each key has one last value or
 * none. So a transaction is three statements, however long the batch.
 */
final class Changes implements WriteBatch {

    private static final byte[] DELETED = {};

    private final List<Range> ranges = new ArrayList<>();
    private final Map<Keyspace, NavigableMap<byte[], byte[]>> entries = new EnumMap<>(Keyspace.class);
    private long bytes;

    /** Keys from the first up to the last, which stays. */
    record Range(Keyspace keyspace, byte[] from, byte[] to) {}

    /** A key with its value; without one, of a key that is deleted. */
    record Row(Keyspace keyspace, byte[] key, byte[] value) {}

    @Override
    public void put(Keyspace keyspace, byte[] key, byte[] value) {
        set(keyspace, key, value.length == 0 ? new byte[0] : value); // of its own, for it might be that of DELETED
    }

    @Override
    public void delete(Keyspace keyspace, byte[] key) {
        set(keyspace, key, DELETED);
    }

    @Override
    public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
        map(keyspace).subMap(from, true, to, false).clear();
        ranges.add(new Range(keyspace, from, to));
        bytes += from.length + to.length;
    }

    /** Adds what another batch did after this one. */
    void addAll(Changes later) {
        later.ranges.forEach(range -> deleteRange(range.keyspace(), range.from(), range.to()));
        later.entries.forEach((keyspace, map) -> map.forEach((key, value) -> set(keyspace, key, value)));
    }

    /** {@return about how much was added; what has been overwritten counts too} */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return ranges.isEmpty() && entries.values().stream().allMatch(Map::isEmpty);
    }

    List<Range> ranges() {
        return ranges;
    }

    List<Row> deletes() {
        return rows(true);
    }

    List<Row> puts() {
        return rows(false);
    }

    private void set(Keyspace keyspace, byte[] key, byte[] value) {
        map(keyspace).put(key, value);
        bytes += key.length + value.length;
    }

    private List<Row> rows(boolean deleted) {
        List<Row> rows = new ArrayList<>();
        entries.forEach((keyspace, map) -> map.forEach((key, value) -> {
            if ((value == DELETED) == deleted) {
                rows.add(new Row(keyspace, key, value));
            }
        }));
        return rows;
    }

    private NavigableMap<byte[], byte[]> map(Keyspace keyspace) {
        return entries.computeIfAbsent(keyspace, any -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
