// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.session.SessionRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions are actors that move between loops while messages flow: nothing is lost at QoS 1 and 2, nothing comes twice
 * at QoS 2, and each publisher's order stays.
 */
class MovingSessionsTest {

    private static final int PUBLISHERS = 40;
    private static final int SUBSCRIBERS = 40;
    private static final int HEARD = 3; // publishers, by each subscriber
    private static final long DURATION_NANOS = TimeUnit.SECONDS.toNanos(8);

    @TempDir
    Path home;

    @Test
    void nothingIsLostDoubledOrOutOfOrder() throws Exception {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        try (RunningBroker broker = RunningBroker.start(home, "threads: {loops: 4}");
                GoodClient good = new GoodClient(broker.port())) {
            AtomicBoolean published = new AtomicBoolean();
            long deadline = System.nanoTime() + DURATION_NANOS;
            List<MovingPublisher> publishers = IntStream.range(0, PUBLISHERS)
                    .mapToObj(i -> new MovingPublisher(broker.port(), i, seed + i, deadline))
                    .toList();
            List<MovingSubscriber> subscribers = new ArrayList<>();
            for (int i = 0; i < SUBSCRIBERS; i++) {
                List<Integer> heard = random.ints(0, PUBLISHERS)
                        .distinct()
                        .limit(HEARD)
                        .boxed()
                        .toList();
                subscribers.add(
                        new MovingSubscriber(broker.port(), i, random.nextLong(), publishers, heard, published));
            }
            List<Thread> hearing = start(subscribers);
            RunningBroker.await(
                    "all subscriptions", () -> subscribers.stream().allMatch(MovingSubscriber::isSubscribed));
            List<Thread> publishing = start(publishers);
            join(publishing);
            published.set(true);
            join(hearing);

            assertThat(subscribers).allSatisfy(subscriber -> {
                assertThat(subscriber.broken()).isNull();
                assertThat(subscriber.isDone()).as(subscriber.toString()).isTrue();
            });
            good.awaitRounds(5);
            assertThat(broker.get(SessionRegistry.class).size()).isEqualTo(PUBLISHERS + SUBSCRIBERS + 1);
            assertThat(broker.events()).allMatch(line -> line.contains("SESSION_TAKEN_OVER"));
            report(publishers, subscribers);
        }
    }

    private static List<Thread> start(List<? extends Runnable> clients) {
        List<Thread> threads = clients.stream().map(Thread::new).toList();
        threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        long deadline = System.nanoTime() + DURATION_NANOS + RunningBroker.SOON.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
    }

    private static void report(List<MovingPublisher> publishers, List<MovingSubscriber> subscribers) {
        int[] sums = new int[3];
        for (MovingPublisher publisher : publishers) {
            for (int qos = 0; qos < 3; qos++) {
                sums[qos] += publisher.published(qos);
            }
        }
        int publisherMoves = publishers.stream().mapToInt(MovingClient::moves).sum();
        int subscriberMoves = subscribers.stream().mapToInt(MovingClient::moves).sum();
        System.err.printf(
                "published %d + %d + %d, moves %d + %d%n", sums[0], sums[1], sums[2], publisherMoves, subscriberMoves);
        assertThat(publisherMoves + subscriberMoves).isGreaterThan(200);
    }
}
