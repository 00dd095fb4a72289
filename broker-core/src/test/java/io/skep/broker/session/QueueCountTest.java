// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Subscription;
import io.skep.broker.storage.Journal;
import io.skep.sdk.storage.Keyspace;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A queue changes between the moment that a piece of it is read and the one that its session is told. */
final class QueueCountTest {

    private static final int STORED = 5_000; // three pieces
    private static final int MESSAGE_BYTES = 100;

    private final SessionFixture fixture = new SessionFixture(1);
    private final BlockingQueue<Runnable> told = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatIsAcknowledgedOrComesMeanwhileIsCountedOnce() throws Exception {
        Session session = restored();
        Runnable first = count(session);
        on(session, () -> connect(session));
        while (!on(session, () -> session.outbox().exchanges().next() >= 20)) {
            Thread.onSpinWait(); // the first page comes from the disk
        }
        on(session, () -> {
            for (int id = 2; id <= 20; id += 2) {
                session.puback(id);
            }
            return add(session, 50);
        });
        tellAll(first);
        on(session, () -> {
            for (int id = 1; id <= 10; id++) {
                session.puback(2 * id - 1);
            }
            return add(session, 5);
        });
        assertThat(on(session, () -> session.outbox().bounds().messages())).isEqualTo(STORED + 55 - 20);
        assertThat(on(session, () -> session.outbox().bounds().bytes()))
                .isEqualTo((STORED + 55 - 20) * (long) MESSAGE_BYTES);
    }

    @Test
    void whatIsDroppedMeanwhileIsNotCounted() throws Exception {
        Session session = restored();
        Runnable first = count(session);
        on(session, () -> {
            for (int i = 0; i < 2_500; i++) { // to within the second piece
                session.outbox().drop(Entry.ON_DISK);
            }
            return true;
        });
        tellAll(first);
        assertThat(on(session, () -> session.outbox().bounds().messages())).isEqualTo(STORED - 2_500);
    }

    @Test
    void aSessionThatEndsMeanwhileHoldsNothing() throws Exception {
        Session session = restored();
        Runnable first = count(session);
        on(session, () -> {
            session.outbox().end();
            return true;
        });
        tellAll(first);
        assertThat(on(session, () -> session.outbox().bounds().messages())).isZero();
    }

    /** Begins, and returns the step that tells of the first piece, which is read. */
    private Runnable count(Session session) throws InterruptedException {
        Journal journal = fixture.registry.store().journal();
        new QueueCount(journal, Map.of(session.number(), session), told::add).begin();
        return next();
    }

    private void tellAll(Runnable first) throws InterruptedException {
        first.run();
        next().run();
        next().run();
    }

    private Runnable next() throws InterruptedException {
        return Objects.requireNonNull(told.poll(20, TimeUnit.SECONDS), "a piece");
    }

    /** A session of which a start has found the queue. */
    private Session restored() throws Exception {
        Session session = fixture.attach("client");
        CompletableFuture<Boolean> stored = new CompletableFuture<>();
        on(session, () -> {
            session.write(
                    batch -> {
                        for (int i = 0; i < STORED; i++) {
                            Entry entry = new Entry(session.outbox(), i, message(), 1, false, null);
                            byte[] record = EntryRecord.write(entry, message(), 0);
                            batch.put(Keyspace.QUEUE, session.outbox().key(i), record);
                        }
                    },
                    () -> stored.complete(true));
            return true;
        });
        stored.get(20, TimeUnit.SECONDS);
        on(session, () -> {
            session.outbox().restore(0, STORED - 1);
            return true;
        });
        return session;
    }

    private static Message message() {
        byte[] topic = "queue".getBytes(UTF_8);
        return new Message(topic, new byte[MESSAGE_BYTES - topic.length], null, 1, false, 0);
    }

    private boolean connect(Session session) {
        session.outlet(fixture.attachment("client", 0, ExchangesTest.NOBODY).outlet());
        session.outbox().exchanges().begin(20);
        session.pump();
        return true;
    }

    private static boolean add(Session session, int messages) {
        Publication publication = new Publication(session.lane().loop());
        for (int i = 0; i < messages; i++) {
            publication.begin(message());
            session.outbox().add(publication, new Subscription(session, "queue".getBytes(UTF_8), 1, 0), 1, null);
            publication.end();
        }
        publication.release();
        return true;
    }

    private static <T> T on(Session session, Supplier<T> question) throws Exception {
        return CompletableFuture.supplyAsync(question, session).get(20, TimeUnit.SECONDS);
    }
}
