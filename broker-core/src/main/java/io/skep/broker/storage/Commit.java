// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One batch on its way to the disk: whose writes are in it, and who wants to read when they are. */
final class Commit implements Storage.Done {

    private final Runnable ended;
    private final ArrayList<Write> writes = new ArrayList<>();
    private final ArrayList<Read<?>> reads = new ArrayList<>();
    private final IdentityHashMap<Write, StorageException> failedAlone = new IdentityHashMap<>(0);
    private int stored;
    private long bytes;
    private @Nullable StorageException failure;
    private volatile boolean hasEnded;
    private volatile long endedNanos;
    private final long beganNanos = System.nanoTime();

    /** Made on the journal's thread, the only one to use it except for {@link #done}. */
    Commit(Runnable ended) {
        this.ended = ended;
    }

    void add(Read<?> read) {
        reads.add(read);
    }

    /** Lets a write add itself; one that cannot fails alone. */
    void add(Write write, MeasuredBatch batch) {
        writes.add(write);
        bytes += write.bytes();
        StorageException obstacle = write.obstacle();
        if (obstacle != null) {
            failedAlone.put(write, obstacle);
            return;
        }
        int operationsBefore = batch.operations();
        try {
            write.addTo(batch);
        } catch (RuntimeException e) {
            Journal.log.error("a write could not be put into a batch", e);
            StorageException why = Journal.asFailure("storage: a write could not be put into a batch", e);
            failedAlone.put(write, why);
            write.spoil(why);
        }
        if (batch.operations() > operationsBefore) {
            stored++;
        }
    }

    int size() {
        return writes.size();
    }

    /** {@return bytes that the writes hold in memory} */
    long bytes() {
        return bytes;
    }

    /** {@return how many of the writes had something to store} */
    int stored() {
        return stored;
    }

    @Nullable StorageException failure() {
        return failure;
    }

    /** {@return how long the engine took, with the gathering of the batch} */
    long nanos() {
        return endedNanos - beganNanos;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    /** The engine's answer; any thread. */
    @Override
    public void done(@Nullable StorageException why) {
        if (!hasEnded) {
            failure = why;
            endedNanos = System.nanoTime();
            hasEnded = true;
            ended.run();
        }
    }

    /** Calls the writes back, in order, with one task per executor; then reads. */
    void settle(Storage storage) {
        StorageException why = failure;
        if (why != null) {
            writes.forEach(write -> write.spoil(why));
        }
        List<Group> groups = new ArrayList<>();
        Group group = null;
        for (int i = 0; i < writes.size(); i++) {
            Executor loop = writes.get(i).loop();
            if (group == null || group.loop != loop) { // a turn of one loop comes in one piece
                group = groupOf(loop, groups);
            }
            group.members.add(writes.get(i));
        }
        groups.forEach(each -> Journal.tell(each.loop, each));
        reads.forEach(read -> read.run(storage));
    }

    private Group groupOf(Executor loop, List<Group> groups) {
        for (Group group : groups) {
            if (group.loop == loop) {
                return group;
            }
        }
        Group group = new Group(loop);
        groups.add(group);
        return group;
    }

    /** The writes of one executor. */
    private final class Group implements Runnable {

        private final Executor loop;
        private final ArrayList<Write> members = new ArrayList<>();

        Group(Executor loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            for (int i = 0; i < members.size(); i++) {
                try {
                    callBack(members.get(i));
                } catch (RuntimeException e) {
                    Journal.log.error("a write could not take its end", e); // the others must still hear theirs
                }
            }
        }

        private void callBack(Write write) {
            StorageException why = failure != null || failedAlone.isEmpty() ? failure : failedAlone.get(write);
            if (why == null) {
                write.committed();
            } else {
                write.failed(why);
            }
        }
    }
}
