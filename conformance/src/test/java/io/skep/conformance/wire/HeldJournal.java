// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import io.skep.broker.storage.Journal;
import io.skep.broker.storage.Write;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/** Keeps the journal of a broker from committing anything, as a disk does that is busy, until it is closed. */
public final class HeldJournal implements AutoCloseable {

    private final Journal journal;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);

    /** Returns when nothing is committed any more. */
    public HeldJournal(BrokerExtension broker) {
        journal = broker.broker().get(Journal.class);
        journal.submit(new Stop(0));
        await(held);
    }

    /** Lets the journal have as many bytes as it takes to be full. */
    public HeldJournal full() {
        while (!journal.isFull()) {
            journal.submit(new Stop(Integer.MAX_VALUE));
        }
        return this;
    }

    public boolean isHeld() {
        return free.getCount() > 0;
    }

    @Override
    public void close() {
        free.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits when its turn comes. */
    private final class Stop implements Write {

        private final int bytes;

        Stop(int bytes) {
            this.bytes = bytes;
        }

        @Override
        public void addTo(WriteBatch batch) {
            held.countDown();
            HeldJournal.await(free);
        }

        @Override
        public int bytes() {
            return bytes;
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public void committed() {}

        @Override
        public void failed(StorageException failure) {}
    }
}
