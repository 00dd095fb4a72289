// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ThreadConfig;
import io.skep.broker.loop.Loop;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.storage.Journal;
import io.skep.broker.storage.MemoryProvider;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptTest {

    private static final int LOOPS = 3;

    private final Loops loops = new Loops(new ThreadConfig(LOOPS, ThreadConfig.Transport.AUTO));
    private final Storage storage = new MemoryProvider().open(Path.of("unused"), Durability.NONE);
    private final Journal journal = new Journal(storage, new Metrics());

    @AfterEach
    void close() {
        journal.close();
        loops.close(Duration.ofSeconds(3));
    }

    /** A publisher that counts. */
    private final class Counting implements Receipt.Publisher {

        private final Loop loop;
        private final CountDownLatch settled = new CountDownLatch(1);
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger submits = new AtomicInteger();

        Counting(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void settled(Receipt receipt) {
            assertThat(receipt.isDone()).isTrue();
            if (loop.inLoop()) {
                calls.incrementAndGet();
            }
            settled.countDown();
        }

        @Override
        public void submit(Receipt receipt) {
            submits.incrementAndGet();
            journal.submit(receipt);
        }

        void await() throws InterruptedException {
            assertThat(settled.await(10, TimeUnit.SECONDS)).isTrue();
            drainLoops();
        }
    }

    /** A part on some loop that knows what became of it. */
    private static final class Noting extends Receipt.Part {

        private final Loop loop;
        private final byte[] key;
        private final AtomicInteger stored = new AtomicInteger();

        Noting(Loop loop, int key) {
            this.loop = loop;
            this.key = ByteBuffer.allocate(4).putInt(key).array();
        }

        @Override
        protected void store(WriteBatch batch) {
            batch.put(Keyspace.QUEUE, key, key);
        }

        @Override
        protected void stored() {
            stored.addAndGet(loop.inLoop() ? 1 : 100);
        }

        @Override
        protected Loop loop() {
            return loop;
        }
    }

    /** Waits until what the loops had to do is done. */
    private void drainLoops() throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            CountDownLatch passed = new CountDownLatch(LOOPS);
            loops.all().forEach(loop -> loop.execute(passed::countDown));
            assertThat(passed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void withoutPartsItSettlesWhenRoutedAndSubmitsNothing() throws Exception {
        Counting publisher = new Counting(loops.next());
        Receipt receipt = new Receipt(publisher.loop, publisher);
        publisher.loop.execute(() -> {
            receipt.expect();
            receipt.decline();
            assertThat(receipt.isDone()).isFalse();
            receipt.routed();
        });
        publisher.await();

        assertThat(publisher.calls).hasValue(1);
        assertThat(publisher.submits).hasValue(0);
    }

    @Test
    void whateverIsWithdrawnWhereverAndWheneverItSettlesOnce() throws Exception {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        List<Counting> publishers = new ArrayList<>();
        List<Noting> parts = new ArrayList<>();
        List<Noting> withdrawn = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            Counting publisher = new Counting(loops.next());
            publishers.add(publisher);
            Receipt receipt = new Receipt(publisher.loop, publisher);
            List<Noting> its = new ArrayList<>();
            for (int count = random.nextInt(5); count > 0; count--) {
                its.add(new Noting(loops.all().get(random.nextInt(LOOPS)), parts.size() + its.size()));
            }
            parts.addAll(its);
            int fate = random.nextInt(4); // parts that are withdrawn: none, some, all at once, all a moment later
            List<Noting> hopeless =
                    fate == 0 ? List.of() : fate == 1 ? its.stream().limit(1).toList() : its;
            publisher.loop.execute(() -> route(receipt, its, hopeless, fate == 3, withdrawn));
        }
        for (Counting publisher : publishers) {
            publisher.await();
            assertThat(publisher.calls).hasValue(1);
        }
        drainLoops();
        journal.close();
        assertFate(parts, withdrawn);
    }

    private static void route(
            Receipt receipt, List<Noting> parts, List<Noting> hopeless, boolean later, List<Noting> withdrawn) {
        for (Noting part : parts) {
            receipt.expect();
            part.loop().execute(() -> {
                receipt.add(part);
                Runnable withdraw = () -> {
                    if (part.withdraw()) {
                        synchronized (withdrawn) {
                            withdrawn.add(part);
                        }
                    }
                };
                if (hopeless.contains(part) && later) {
                    part.loop().execute(withdraw);
                } else if (hopeless.contains(part)) {
                    withdraw.run();
                }
            });
        }
        receipt.routed();
    }

    private static void assertFate(List<Noting> parts, List<Noting> withdrawn) {
        assertThat(withdrawn).isNotEmpty();
        for (Noting part : parts) {
            int stored = withdrawn.contains(part) ? 0 : 1;
            assertThat(part.stored).hasValue(stored);
        }
        assertThat(parts.size()).isGreaterThan(withdrawn.size());
    }

    @Test
    void aWithdrawnPartIsNotStoredAndTheOthersAre() throws Exception {
        Counting publisher = new Counting(loops.next());
        Receipt receipt = new Receipt(publisher.loop, publisher);
        Noting kept = new Noting(publisher.loop, 1);
        Noting dropped = new Noting(publisher.loop, 2);
        publisher.loop.execute(() -> {
            receipt.expect();
            receipt.expect();
            receipt.add(kept);
            receipt.add(dropped);
            assertThat(dropped.withdraw()).isTrue();
            assertThat(dropped.withdraw()).isFalse();
            receipt.routed();
        });
        publisher.await();

        assertThat(kept.stored).hasValue(1);
        assertThat(kept.withdraw()).isFalse();
        assertThat(storage.get(Keyspace.QUEUE, kept.key)).isEqualTo(kept.key);
        assertThat(storage.get(Keyspace.QUEUE, dropped.key)).isNull();
    }

    @Test
    void aFailureSettlesItOnceWithTheReason() throws Exception {
        Counting publisher = new Counting(loops.next());
        Receipt receipt = new Receipt(publisher.loop, publisher);
        Noting part = new Noting(loops.next(), 1);
        journal.close(); // what is submitted from now on fails
        publisher.loop.execute(() -> {
            receipt.expect();
            receipt.add(part);
            receipt.routed();
        });
        publisher.await();

        assertThat(publisher.calls).hasValue(1);
        assertThat(receipt.failure()).isInstanceOf(StorageException.class);
        assertThat(part.stored).hasValue(0);
    }
}
