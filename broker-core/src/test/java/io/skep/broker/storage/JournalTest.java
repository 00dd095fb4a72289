// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static io.skep.broker.storage.NotedWrite.key;
import static io.skep.broker.storage.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {

    private final ExecutorService loop = Executors.newSingleThreadExecutor(task -> new Thread(task, "loop-0"));
    private final ExecutorService otherLoop = Executors.newSingleThreadExecutor(task -> new Thread(task, "loop-1"));
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final List<String> otherNotes = Collections.synchronizedList(new ArrayList<>());
    private final Metrics metrics = new Metrics();
    private Path folder;
    private SteeredStorage storage;
    private Journal journal;

    @BeforeEach
    void start(@TempDir Path temporaryFolder) {
        folder = temporaryFolder;
        storage = new SteeredStorage(new RocksDbProvider().open(folder, Durability.FSYNC));
        journal = new Journal(storage, metrics);
    }

    @AfterEach
    void stop() {
        storage.openGate();
        journal.close();
        loop.shutdownNow();
        otherLoop.shutdownNow();
    }

    @Test
    void everyExecutorHearsOfItsWritesInTheirOrder() {
        for (int i = 0; i < 2000; i += 2) {
            journal.submit(write(i));
            journal.submit(new NotedWrite(i + 1, otherLoop, otherNotes));
        }
        until("all are committed", () -> notes.size() + otherNotes.size() == 2000);
        assertThat(notes).isEqualTo(committed(IntStream.range(0, 1000).map(i -> 2 * i)));
        assertThat(otherNotes).isEqualTo(committed(IntStream.range(0, 1000).map(i -> 2 * i + 1)));
    }

    @Test
    void aWriteHearsItsEndOnItsExecutor() {
        journal.submit(new NotedWrite(1, loop, notes) {
            @Override
            public void committed() {
                notes.add(Thread.currentThread().getName());
            }
        });
        until("it is committed", () -> notes.equals(List.of("loop-0")));
    }

    @Test
    void whatComesWhileTheDiskWorksSharesOneCommit() {
        holdUpACommit();
        submitRange(1, 500);
        journal.submitAll(range(500, 1000));
        assertThat(storage.commits()).isEqualTo(1);

        storage.openGate();
        until("all are committed", () -> notes.size() == 1000);
        assertThat(notes).isEqualTo(committed(IntStream.range(0, 1000)));
        assertThat(storage.commits()).isEqualTo(2);
        assertThat(metrics.get(Metric.JOURNAL_COMMITS)).isEqualTo(2);
        assertThat(metrics.get(Metric.JOURNAL_WRITES)).isEqualTo(1000);
    }

    @Test
    void aCommitIsOneTaskForAnExecutorHoweverManyWritesItHas() {
        AtomicInteger tasks = new AtomicInteger();
        Executor counted = task -> {
            tasks.incrementAndGet();
            loop.execute(task);
        };
        holdUpACommit();
        for (int i = 1; i <= 300; i++) {
            journal.submit(new NotedWrite(i, counted, notes));
            journal.submit(new NotedWrite(i, otherLoop, otherNotes)); // in between
        }
        storage.openGate();
        until("all are committed", () -> notes.size() + otherNotes.size() == 601);
        assertThat(tasks).hasValue(1);
    }

    @Test
    void aLargeBatchIsSplit() {
        byte[] megabyte = new byte[1 << 20];
        holdUpACommit();
        for (int i = 1; i <= 10; i++) {
            int number = i;
            journal.submit(new NotedWrite(number, loop, notes) {
                @Override
                public void addTo(WriteBatch batch) {
                    batch.put(SPACE, key(number), megabyte);
                }
            });
        }
        storage.openGate();
        until("all are committed", () -> notes.size() == 11);
        assertThat(notes).isEqualTo(committed(IntStream.rangeClosed(0, 10)));
        assertThat(storage.commits()).isEqualTo(1 + 3);
    }

    @Test
    void aWriteWithdrawnInTimeNeedsNoCommit() {
        journal.submit(withdrawn(1));
        journal.submit(withdrawn(2));
        until("both are committed", () -> notes.size() == 2);
        assertThat(notes).isEqualTo(committed(IntStream.of(1, 2)));
        assertThat(storage.commits()).isZero();
        assertThat(metrics.get(Metric.JOURNAL_COMMITS)).isZero();
        assertThat(metrics.get(Metric.JOURNAL_WRITES)).isZero();
    }

    @Test
    void aWithdrawnWriteKeepsItsPlaceAmongTheOthers() {
        holdUpACommit();
        journal.submitAll(new ArrayList<>(List.of(write(1), withdrawn(2), write(3))));
        storage.openGate();
        until("all are committed", () -> notes.size() == 4);
        assertThat(notes).isEqualTo(committed(IntStream.of(0, 1, 2, 3)));
        assertThat(metrics.get(Metric.JOURNAL_WRITES)).isEqualTo(3);
    }

    @Test
    void aReadSeesWhatTheSameThreadSubmittedBefore() {
        holdUpACommit();
        submitRange(1, 100);
        journal.read(loop, JournalTest::count, count -> notes.add("read " + count), this::noteFailure);
        storage.openGate();
        until("the read ended", () -> notes.size() == 101);
        assertThat(notes).last().isEqualTo("read 100"); // so the writes heard of their end before
    }

    @Test
    void aReadThatFailsSaysSoAndTheJournalGoesOn() {
        journal.read(
                loop,
                storage -> {
                    throw new IllegalStateException("a wrong key");
                },
                nothing -> notes.add("read"),
                this::noteFailure);
        until("the read ended", () -> notes.size() == 1);
        journal.submit(write(1));
        until("the write ended", () -> notes.size() == 2);
        assertThat(notes).containsExactly("failed: storage: a read failed", "committed 1");
    }

    @Test
    void aWriteThatCannotAddItselfFailsAlone() {
        holdUpACommit();
        journal.submit(write(1));
        journal.submit(new NotedWrite(2, loop, notes) {
            @Override
            public void addTo(WriteBatch batch) {
                throw new IllegalStateException("no key");
            }
        });
        journal.submit(write(3));
        storage.openGate();
        until("all ended", () -> notes.size() == 4);
        assertThat(notes)
                .containsExactly(
                        "committed 0",
                        "committed 1",
                        "failed 2: storage: a write could not be put into a batch",
                        "committed 3");
    }

    @Test
    void aCallbackThatThrowsDoesNotSilenceTheOthers() {
        holdUpACommit();
        journal.submit(new NotedWrite(1, loop, notes) {
            @Override
            public void committed() {
                throw new IllegalStateException("a session that is gone");
            }
        });
        journal.submit(write(2));
        storage.openGate();
        until("the others are committed", () -> notes.size() == 2);
        assertThat(notes).isEqualTo(committed(IntStream.of(0, 2)));
    }

    @Test
    void itIsFullWhileTooMuchWaits() {
        holdUpACommit();
        journal.submitAll(range(1, Journal.WAITING_MAX - 1));
        assertThat(journal.isFull()).isFalse();
        journal.submit(write(Journal.WAITING_MAX - 1));
        assertThat(journal.isFull()).isTrue();
        storage.openGate();
        until("all are committed", () -> notes.size() == Journal.WAITING_MAX);
        assertThat(journal.isFull()).isFalse();
    }

    @Test
    void itIsFullWhileWhatWaitsHoldsTooMuchMemory() {
        holdUpACommit();
        long eighth = Runtime.getRuntime().maxMemory() / 8;
        int count = (int) ((eighth + (1 << 20) - 1) / (1 << 20)); // the last of them reaches it
        for (int i = 1; i < count; i++) {
            journal.submit(large(i));
        }
        assertThat(journal.isFull()).isFalse();
        journal.submitAll(new ArrayList<>(List.of(large(count))));
        assertThat(journal.isFull()).isTrue();
        storage.openGate();
        until("all are committed", () -> notes.size() == count + 1);
        assertThat(journal.isFull()).isFalse();
    }

    /** A write of which somebody holds a megabyte. */
    private Write large(int number) {
        return new NotedWrite(number, loop, notes) {
            @Override
            public int bytes() {
                return 1 << 20;
            }
        };
    }

    @Test
    void itSleepsWhenThereIsNothingToDo() {
        journal.submit(write(1));
        until("it is committed", () -> notes.size() == 1);
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("skep-journal"))
                .findAny()
                .orElseThrow();
        until("the thread sleeps", () -> thread.getState() == Thread.State.WAITING);
    }

    @Test
    void closingCommitsWhatWaitsFirst() throws Exception {
        holdUpACommit();
        submitRange(1, 1000);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(journal::close);
        storage.openGate();
        closed.get(20, TimeUnit.SECONDS);
        until("all heard", () -> notes.size() == 1000);
        assertThat(notes).isEqualTo(committed(IntStream.range(0, 1000)));
        try (Storage reopened = new RocksDbProvider().open(folder, Durability.FSYNC)) {
            assertThat(count(reopened)).isEqualTo(1000);
        }
    }

    @Test
    void whatIsSubmittedToAClosedJournalFails() {
        journal.close();
        journal.submit(write(1));
        journal.submitAll(range(2, 3));
        journal.read(loop, JournalTest::count, count -> notes.add("read"), this::noteFailure);
        until("all ended", () -> notes.size() == 3);
        String closed = "journal: closed (expected: open)";
        assertThat(notes).containsExactly("failed 1: " + closed, "failed 2: " + closed, "failed: " + closed);
    }

    /** Leaves write 0 in a commit that waits for the gate. */
    private void holdUpACommit() {
        storage.closeGate();
        journal.submit(write(0));
        until("the commit began", () -> storage.commits() == 1);
    }

    private void submitRange(int from, int to) {
        range(from, to).forEach(journal::submit);
    }

    private List<Write> range(int from, int to) {
        List<Write> writes = new ArrayList<>();
        IntStream.range(from, to).forEach(i -> writes.add(write(i)));
        return writes;
    }

    private Write write(int number) {
        return new NotedWrite(number, loop, notes);
    }

    private Write withdrawn(int number) {
        return new NotedWrite(number, loop, notes) {
            @Override
            public void addTo(WriteBatch batch) {}
        };
    }

    private void noteFailure(StorageException failure) {
        notes.add("failed: " + failure.getMessage());
    }

    private static int count(Storage storage) {
        AtomicInteger count = new AtomicInteger();
        storage.scan(NotedWrite.SPACE, key(0), null, (key, value) -> count.incrementAndGet() > 0);
        return count.get();
    }

    private static List<String> committed(IntStream numbers) {
        return numbers.mapToObj(i -> "committed " + i).toList();
    }
}
