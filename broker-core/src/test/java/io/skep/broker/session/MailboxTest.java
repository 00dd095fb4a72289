// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The promise of an actor, while it moves: one step at a time, on the loop where it lives, in the order of each teller.
 */
class MailboxTest {

    private static final int LOOPS = 4;
    private static final int STRANGERS = 3;
    private static final int LETTERS_WAITING_MAX = 50;
    private static final long STRESS_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final AtomicReference<@Nullable String> broken = new AtomicReference<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final long[] last = new long[LOOPS + STRANGERS]; // touched by the session's steps only
    private long steps; // the same

    @Test
    void stepsOfASessionThatMovesAllTheTimeRunAloneThereAndInOrder() throws Exception {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        try (SessionFixture fixture = new SessionFixture(LOOPS)) {
            Session session = attach(fixture, 0);
            long deadline = System.nanoTime() + STRESS_NANOS;
            CompletableFuture<Integer> moves =
                    CompletableFuture.supplyAsync(() -> move(fixture, new Random(seed), deadline));
            List<CompletableFuture<Long>> tellers = new ArrayList<>();
            for (int teller = 0; teller < LOOPS + STRANGERS; teller++) {
                int me = teller;
                Executor home = me < LOOPS ? fixture.loops.all().get(me) : Runnable::run;
                tellers.add(CompletableFuture.supplyAsync(() -> tell(session, me, home, deadline)));
            }
            assertThat(moves.get(60, TimeUnit.SECONDS)).isGreaterThan(100);
            long told = 0;
            for (CompletableFuture<Long> teller : tellers) {
                told += teller.get(60, TimeUnit.SECONDS);
            }
            assertThat(broken.get()).isNull();
            assertThat(stepsOf(session)).isEqualTo(told);
            System.err.println(told + " steps, " + moves.get() + " moves");
        }
    }

    private static Session attach(SessionFixture fixture, int loop) throws Exception {
        CompletableFuture<Session> attached = new CompletableFuture<>();
        fixture.registry.attach(fixture.attachment("client", loop, listener(attached)));
        return attached.get(10, TimeUnit.SECONDS);
    }

    private static Attachment.Listener listener(CompletableFuture<Session> attached) {
        return new Attachment.Listener() {
            @Override
            public void attached(Session session, boolean sessionPresent) {
                attached.complete(session);
            }

            @Override
            public void refused(String text) {
                attached.completeExceptionally(new IllegalStateException(text));
            }
        };
    }

    private static int move(SessionFixture fixture, Random random, long deadline) {
        int moves = 0;
        for (; System.nanoTime() - deadline < 0; moves++) {
            try {
                attach(fixture, random.nextInt(LOOPS));
            } catch (Exception e) {
                throw new IllegalStateException("move " + moves, e);
            }
        }
        return moves;
    }

    /** Tells, from its home, as fast as the session follows. */
    private long tell(Session session, int me, Executor home, long deadline) {
        Semaphore room = new Semaphore(LETTERS_WAITING_MAX);
        long told = 0;
        while (System.nanoTime() - deadline < 0 && broken.get() == null) {
            room.acquireUninterruptibly(10);
            long first = told;
            home.execute(() -> {
                for (int i = 0; i < 10; i++) {
                    long letter = first + i;
                    session.execute(() -> step(session, me, letter, room));
                }
            });
            told += 10;
        }
        room.acquireUninterruptibly(LETTERS_WAITING_MAX);
        return told;
    }

    private void step(Session session, int teller, long letter, Semaphore room) {
        if (inside.incrementAndGet() != 1) {
            broken.compareAndSet(null, "two steps at a time");
        }
        if (!session.lane().loop().inLoop()) {
            broken.compareAndSet(null, "a step away from the session's loop");
        }
        if (last[teller] != letter) {
            broken.compareAndSet(null, "teller " + teller + ": " + letter + " (expected: " + last[teller] + ")");
        }
        last[teller] = letter + 1;
        steps++;
        inside.decrementAndGet();
        room.release();
    }

    private long stepsOf(Session session) throws Exception {
        CompletableFuture<Long> counted = new CompletableFuture<>();
        session.execute(() -> counted.complete(steps));
        return counted.get(10, TimeUnit.SECONDS);
    }
}
