// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.broker.metrics.Metrics;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Queued messages of 150 bytes until they are durable, on {@code skep-journal}: microseconds per write, when one waits
 * for each, and when a thousand are handed over at once as a busy loop does at the end of its turn.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalBenchmark {

    private static final int TURN = 1000;
    private static final byte[] VALUE = new byte[150];

    @Param
    public Durability durability = Durability.FSYNC;

    private Path folder = Path.of("");
    private long position;
    private Journal journal = unopened();

    private static Journal unopened() {
        return new Journal(new MemoryProvider().open(Path.of(""), Durability.NONE), new Metrics());
    }

    @Setup
    public void open() throws IOException {
        journal.close();
        folder = Files.createTempDirectory("skep-journal-");
        Storage storage = new RocksDbProvider().open(folder, durability);
        journal = new Journal(storage, new Metrics());
    }

    /** Closes the database and deletes it. */
    @TearDown
    public void close() throws IOException {
        journal.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(JournalBenchmark::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Benchmark
    public void one() throws InterruptedException {
        CountDownLatch durable = new CountDownLatch(1);
        journal.submit(new Put(position++, durable));
        durable.await();
    }

    @Benchmark
    @OperationsPerInvocation(TURN)
    public void manyAtOnce() throws InterruptedException {
        CountDownLatch durable = new CountDownLatch(TURN);
        List<Write> writes = new ArrayList<>(TURN);
        for (int i = 0; i < TURN; i++) {
            writes.add(new Put(position++, durable));
        }
        journal.submitAll(writes);
        durable.await();
    }

    /** One message into a queue. */
    private record Put(long position, CountDownLatch durable) implements Write {

        @Override
        public void addTo(WriteBatch batch) {
            byte[] key = ByteBuffer.allocate(16).putLong(1).putLong(position).array();
            batch.put(Keyspace.QUEUE, key, VALUE);
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public void committed() {
            durable.countDown();
        }

        @Override
        public void failed(StorageException cause) {
            throw cause;
        }
    }
}
