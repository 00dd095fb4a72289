// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import io.skep.crash.Event.Acknowledged;
import io.skep.crash.Event.Armed;
import io.skep.crash.Event.Received;
import io.skep.crash.Event.Told;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One broker, its clients and its nemesis: the clients live, the nemesis rages, then all settle, and the checker looks
 * at what has happened.
 */
final class Campaign implements AutoCloseable {

    private static final int PUBLISHERS = 4;
    private static final Duration SETTLE_MAX = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final History history = new History();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Mortals> mortals = new ArrayList<>();
    private final Prober prober;
    private final Nemesis nemesis;
    private final String durability;

    /** What the nemesis does, and the dice it is decided with. */
    record Plan(int kills, int cuts, int stops, int restarts, String durability, long seed) {}

    /** What came of it. */
    record Outcome(List<String> violations, String figures) {}

    private Campaign(Plan plan, Path folder) throws Exception {
        int port = freePort(new Random(plan.seed()));
        long seed = plan.seed();
        durability = plan.durability();
        nemesis = new Nemesis(plan, port, PowerCut.prepare(folder), history);
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(new Publisher(i, seed, port, history));
        }
        var place = new Subscriber.Place(port, history);
        subscribers.add(new Subscriber("reader-0", false, List.of("stream/#", "wills/#", "state/#"), seed, place));
        subscribers.add(new Subscriber("reader-1", true, List.of("wills/+", "stream/+/2", "stream/+/1"), seed, place));
        subscribers.add(new Subscriber("reader-2", true, List.of("state/+/0", "stream/1/+", "work/#"), seed, place));
        for (int i = 0; i < 3; i++) {
            subscribers.add(new Subscriber("worker-" + i, i == 0, List.of("$share/crew/work/#"), seed, place));
        }
        for (int i = 0; i < 2; i++) {
            mortals.add(new Mortals(i, seed, port, history));
        }
        List<String> states = IntStream.range(0, PUBLISHERS)
                .boxed()
                .flatMap(i -> Publisher.states(i).stream())
                .toList();
        prober = new Prober(states, seed, port, history);
    }

    /** Runs all of it in a folder of its own. */
    static Outcome run(Plan plan, Path folder) throws Exception {
        try (Campaign campaign = new Campaign(plan, folder)) {
            return campaign.run();
        }
    }

    private Outcome run() throws Exception {
        long startNanos = System.nanoTime();
        subscribers.forEach(Thread::start);
        awaitSubscribers();
        publishers.forEach(Thread::start);
        mortals.forEach(Thread::start);
        prober.start();
        nemesis.rage();
        List<String> violations = new ArrayList<>(settle());
        prober.settle();
        if (!prober.hasEnded(SETTLE_MAX)) {
            violations.add("stuck: the prober gets no answer");
        }
        violations.addAll(awaitAll());
        if (isLossy(violations) && durability.equals("fsync")) {
            nemesis.restart();
            violations.add("after one more restart: " + awaitAll());
        }
        return new Outcome(violations, figures(Duration.ofNanos(System.nanoTime() - startNanos)));
    }

    private void awaitSubscribers() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + SETTLE_MAX.toNanos();
        while (!subscribers.stream().allMatch(Subscriber::isReady)) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError(
                        "not everyone can subscribe:\n" + nemesis.broker().output());
            }
            Thread.sleep(10);
        }
    }

    private List<String> settle() throws Exception {
        List<String> violations = new ArrayList<>();
        mortals.forEach(Actor::settle);
        subscribers.forEach(Actor::settle);
        publishers.forEach(Actor::settle);
        for (Publisher publisher : publishers) {
            if (!publisher.hasEnded(SETTLE_MAX)) {
                violations.add("stuck: " + publisher.getName() + " gets no acknowledgement");
            }
        }
        for (Mortals some : mortals) {
            some.hasEnded(SETTLE_MAX);
        }
        return violations;
    }

    /** Waits until everything has come that has to, or nothing comes any more. */
    private List<String> awaitAll() throws InterruptedException {
        int size = -1;
        long deadlineNanos = 0;
        while (true) {
            List<Event> events = history.events();
            List<String> violations = Checker.check(events);
            if (events.size() > size) {
                size = events.size();
                deadlineNanos = System.nanoTime() + SILENCE.toNanos();
            }
            if (!isLossy(violations) || System.nanoTime() > deadlineNanos) {
                return violations;
            }
            Thread.sleep(100);
        }
    }

    private static boolean isLossy(List<String> violations) {
        return violations.stream().anyMatch(line -> line.contains("lost"));
    }

    private String figures(Duration duration) {
        List<Event> events = history.events();
        return String.format(
                "%d messages acknowledged, %d received, %d wills, %d looks at a retained message, %d s",
                count(events, Acknowledged.class),
                count(events, Received.class),
                count(events, Armed.class),
                count(events, Told.class),
                duration.toSeconds());
    }

    private static long count(List<Event> events, Class<? extends Event> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    /** Below the ports that connections take: else a client could take it while the broker is down. */
    static int freePort(Random random) {
        int port;
        do {
            port = 10_000 + random.nextInt(20_000);
        } while (!isFree(port));
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        publishers.forEach(Actor::close);
        subscribers.forEach(Actor::close);
        mortals.forEach(Actor::close);
        prober.close();
        nemesis.close();
    }
}
