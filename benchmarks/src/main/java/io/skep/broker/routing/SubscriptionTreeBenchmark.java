// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One look into a large tree, with a cold topic: what a connection pays when the topic is new to it or the tree has
 * changed since. Each topic has one match or a few. {@code churn} does it while another thread subscribes and
 * unsubscribes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx6g")
public class SubscriptionTreeBenchmark {

    private static final int TOPICS = 1 << 16;
    private static final int DEVICES = 1000;

    /** How the filters look. */
    public enum Kind {
        EXACT("site/%d/device/%d/temperature"),
        PLUS("site/%d/+/%d/temperature"),
        HASH("site/%d/device/%d/#"),
        DEEP("a/b/c/d/e/f/g/h/site/%d/device/%d/i/j/k/l/temperature");

        private final String filter;

        Kind(String filter) {
            this.filter = filter;
        }

        byte[] filter(int number) {
            return filter.formatted(number / DEVICES, number % DEVICES).getBytes(UTF_8);
        }

        byte[] topic(int number) {
            String topic = filter.formatted(number / DEVICES, number % DEVICES);
            return topic.replace("+", "device").replace("#", "temperature").getBytes(UTF_8);
        }
    }

    @Param
    public Kind kind = Kind.EXACT;

    @Param({"1000000", "10000000"})
    public int subscriptions;

    private final SubscriptionTree tree = new SubscriptionTree();
    private final Nobody nobody = new Nobody();
    private final byte[][] topics = new byte[TOPICS][];
    private final SplittableRandom random = new SplittableRandom(7);

    /** Fills the tree, and chooses the topics that are asked for. */
    @Setup
    public void fill() {
        for (int i = 0; i < subscriptions; i++) {
            tree.put(new Subscription(nobody, kind.filter(i), 1, 0));
        }
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = kind.topic(random.nextInt(subscriptions));
        }
    }

    @Benchmark
    public Object match(Cursor cursor) {
        return tree.match(Topic.of(topics[cursor.next()]));
    }

    @Benchmark
    @Group("churn")
    @GroupThreads(1)
    public Object matchMeanwhile(Cursor cursor) {
        return tree.match(Topic.of(topics[cursor.next()]));
    }

    /** One subscription comes and goes. */
    @Benchmark
    @Group("churn")
    @GroupThreads(1)
    public void change(Cursor cursor) {
        byte[] filter = kind.filter(subscriptions + cursor.next());
        tree.put(new Subscription(nobody, filter, 1, 0));
        tree.remove(filter, nobody);
    }

    /** Which topic a thread asks for next. */
    @State(Scope.Thread)
    public static class Cursor {

        private int at;

        int next() {
            return at++ & TOPICS - 1;
        }
    }

    /** Subscribes and gets nothing. */
    private static final class Nobody implements Recipient {

        @Override
        public void deliver(Publication publication, Subscription subscription) {}

        @Override
        public void execute(Runnable step) {}

        @Override
        public String clientId() {
            return "nobody";
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isDurable() {
            return false;
        }
    }
}
