// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.storage.Journal;
import io.skep.broker.storage.Write;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds shared messages that no queue refers to, and deletes them: when so many were stored since the last time that
 * looking costs little beside. It reads all queues in small pieces between the commits, then all shared messages. On
 * one loop, but for the pieces.
 */
final class PayloadSweep {

    private static final Logger log = LoggerFactory.getLogger(PayloadSweep.class);
    private static final int PIECE_ROWS = 2048;
    private static final int DUE_MIN = 10_000;

    private final Journal journal;
    private final Payloads payloads;
    private final Executor loop;
    private boolean running;
    private long storedBefore;
    private long dueAfter = 1; // the first one looks for what an earlier broker has left
    private long[] used = new long[0];
    private int usedCount;
    private long end;
    private int left;

    /** A part of what a scan has found: the key to go on from, null at the end. */
    private record Piece(byte @Nullable [] next, List<Long> numbers) {}

    PayloadSweep(Journal journal, Payloads payloads, Executor loop) {
        this.journal = journal;
        this.payloads = payloads;
        this.loop = loop;
    }

    /** Sweeps, if it is worth it. */
    void sweepIfDue() {
        if (payloads.stored() - storedBefore >= dueAfter) {
            sweep();
        }
    }

    /** Sweeps, unless it does already. */
    void sweep() {
        if (running) {
            return;
        }
        running = true;
        storedBefore = payloads.stored();
        end = payloads.next();
        used = new long[1024];
        usedCount = 0;
        left = 0;
        readQueues(new byte[] {0});
    }

    private void readQueues(byte[] from) {
        journal.read(
                loop,
                storage -> piece(storage, Keyspace.QUEUE, from, null),
                piece -> {
                    piece.numbers().forEach(this::use);
                    if (piece.next() != null) {
                        readQueues(piece.next());
                    } else {
                        Arrays.sort(used, 0, usedCount);
                        readPayloads(new byte[] {0});
                    }
                },
                this::failed);
    }

    private void use(long number) {
        if (usedCount == used.length) {
            used = Arrays.copyOf(used, usedCount * 2);
        }
        used[usedCount++] = number;
    }

    private void readPayloads(byte[] from) {
        byte[] to = Payloads.key(end);
        journal.read(
                loop,
                storage -> piece(storage, Keyspace.PAYLOADS, from, to),
                piece -> {
                    List<Long> unused = piece.numbers().stream()
                            .filter(number -> Arrays.binarySearch(used, 0, usedCount, number) < 0)
                            .toList();
                    left += piece.numbers().size() - unused.size();
                    journal.submit(new Deletion(loop, unused));
                    if (piece.next() != null) {
                        readPayloads(piece.next());
                    } else {
                        dueAfter = Math.max(DUE_MIN, left);
                        ended();
                    }
                },
                this::failed);
    }

    private void failed(StorageException why) {
        log.warn("the search for unused messages failed and is tried again later", why);
        ended();
    }

    private void ended() {
        running = false;
        used = new long[0];
    }

    private static Piece piece(Storage storage, Keyspace keyspace, byte[] from, byte @Nullable [] to) {
        List<Long> numbers = new ArrayList<>();
        byte[][] next = {null};
        int[] rows = {0};
        storage.scan(keyspace, from, to, (key, value) -> {
            if (rows[0]++ == PIECE_ROWS) {
                next[0] = key;
                return false;
            }
            long number = keyspace == Keyspace.PAYLOADS ? ByteBuffer.wrap(key).getLong() : EntryRecord.reference(value);
            if (number != 0) {
                numbers.add(number);
            }
            return true;
        });
        return new Piece(next[0], numbers);
    }

    /** Takes messages off the disk; if that fails, the next sweep does. */
    private record Deletion(Executor loop, List<Long> numbers) implements Write {

        @Override
        public void addTo(WriteBatch batch) {
            numbers.forEach(number -> batch.delete(Keyspace.PAYLOADS, Payloads.key(number)));
        }

        @Override
        public void committed() {}

        @Override
        public void failed(StorageException failure) {}
    }
}
