// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real storage whose commits the test can hold up, fail, or answer later. */
final class SteeredStorage implements Storage {

    private final Storage storage;
    private final Semaphore gate = new Semaphore(0);
    private final AtomicInteger begun = new AtomicInteger();
    private final Queue<Done> unanswered = new ConcurrentLinkedQueue<>();
    private volatile boolean gated;
    private volatile boolean answersLater;
    private volatile @Nullable StorageException failure;
    private volatile boolean failsAtBatch;

    SteeredStorage(Storage storage) {
        this.storage = storage;
    }

    int commits() {
        return begun.get();
    }

    /** Every commit waits for an {@link #openGate}. */
    void closeGate() {
        gated = true;
    }

    void openGate() {
        gated = false;
        gate.release(1_000_000);
    }

    void answerLater() {
        answersLater = true;
    }

    /** {@return the commits that wait for an answer, in their order} */
    ArrayDeque<Done> unanswered() {
        return new ArrayDeque<>(unanswered);
    }

    void fail(StorageException why, boolean alreadyAtBatch) {
        failure = why;
        failsAtBatch = alreadyAtBatch;
    }

    void heal() {
        failure = null;
    }

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
        if (failure != null && failsAtBatch) {
            throw failure;
        }
        return storage.batch();
    }

    @Override
    public void commit(WriteBatch batch, Done done) {
        begun.incrementAndGet();
        if (gated) {
            gate.acquireUninterruptibly();
        }
        if (failure != null) {
            done.done(failure);
        } else if (answersLater) {
            storage.commit(batch, end -> unanswered.add(done));
        } else {
            storage.commit(batch, done);
        }
    }

    @Override
    public void close() {
        storage.close();
    }
}
