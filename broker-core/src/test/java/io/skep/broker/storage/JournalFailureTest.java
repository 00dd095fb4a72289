// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static io.skep.broker.storage.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The journal over storages that fail, or that answer later. */
final class JournalFailureTest {

    private final StorageException diskFull = new StorageException("disk full", null);

    private final Executor loop = Runnable::run; // callbacks on the journal's thread
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Metrics metrics = new Metrics();
    private SteeredStorage storage;
    private Journal journal;

    @BeforeEach
    void start() {
        storage = new SteeredStorage(new MemoryProvider().open(Path.of(""), Durability.NONE));
        journal = new Journal(storage, metrics);
        logged.start();
        ((Logger) LoggerFactory.getLogger(Journal.class)).addAppender(logged);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger(Journal.class)).detachAppender(logged);
        journal.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailedCommitFailsItsWritesAndTheNextTriesAgain(boolean alreadyAtBatch) {
        storage.fail(diskFull, alreadyAtBatch);
        submitAndWait(1);
        submitAndWait(2);
        storage.heal();
        submitAndWait(3);
        assertThat(notes).containsExactly("failed 1: disk full", "failed 2: disk full", "committed 3");
        assertThat(metrics.get(Metric.JOURNAL_COMMITS)).isEqualTo(1);
        assertThat(metrics.get(Metric.JOURNAL_WRITES)).isEqualTo(1);
    }

    @Test
    void aRowOfFailuresIsLoggedOnce() {
        storage.fail(diskFull, false);
        for (int i = 0; i < 5; i++) {
            submitAndWait(i);
        }
        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR);
        storage.heal();
        submitAndWait(5);
        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR, Level.INFO);
        storage.fail(diskFull, false);
        submitAndWait(6);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.ERROR, Level.INFO, Level.ERROR);
    }

    @Test
    void whatWasWithdrawnNeedsNoStorageAndSoDoesNotFail() {
        storage.fail(diskFull, true);
        journal.submit(new NotedWrite(1, loop, notes) {
            @Override
            public void addTo(WriteBatch batch) {}
        });
        until("it ended", () -> !notes.isEmpty());
        assertThat(notes).containsExactly("committed 1");
    }

    @Test
    void severalCommitsAreUnderWayWhenTheEngineAnswersLater() {
        storage.answerLater();
        for (int i = 1; i <= 4; i++) {
            submitAlone(i);
        }
        journal.submit(new NotedWrite(5, loop, notes));
        assertThat(notes).isEmpty();
        ArrayDeque<Storage.Done> answers = storage.unanswered();

        answers.remove().done(null);
        until("there is room for the fifth", () -> storage.commits() == 5);
        answers.forEach(answer -> answer.done(null));
        until("the fifth waits for its answer", () -> storage.unanswered().size() == 5);
        storage.unanswered().getLast().done(null);
        until("all are committed", () -> notes.size() == 5);
        assertThat(notes).containsExactly("committed 1", "committed 2", "committed 3", "committed 4", "committed 5");
    }

    @Test
    void writesHearTheirEndInOrderThoughAnswersComeInAnother() {
        storage.answerLater();
        submitAlone(1);
        submitAlone(2);
        ArrayDeque<Storage.Done> answers = storage.unanswered();
        answers.removeLast().done(null);
        answers.removeLast().done(diskFull);
        until("both ended", () -> notes.size() == 2);
        assertThat(notes).containsExactly("failed 1: disk full", "committed 2");
    }

    private void submitAlone(int number) {
        int before = storage.unanswered().size();
        journal.submit(new NotedWrite(number, loop, notes));
        until("its commit began", () -> storage.unanswered().size() > before);
    }

    private void submitAndWait(int number) {
        int before = notes.size();
        journal.submit(new NotedWrite(number, loop, notes));
        until("it ended", () -> notes.size() > before);
    }
}
