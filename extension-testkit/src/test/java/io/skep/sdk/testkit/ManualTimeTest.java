// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.event.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ManualTimeTest {

    private static final Instant BEGIN = Instant.parse("2031-05-01T12:00:00Z");

    private final ManualTime time = new ManualTime(BEGIN);
    private final ScheduledExecutorService executor = time.executor(Executors.newFixedThreadPool(2));
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().time(time);

    @AfterEach
    void end() {
        executor.shutdownNow();
    }

    private Runnable note(String name) {
        return () -> seen.add(
                name + " " + Duration.between(BEGIN, time.clock().instant()).toSeconds());
    }

    @Test
    void tasksRunInTheOrderOfTheirTimeAndSeeIt() {
        executor.schedule(note("late"), 1, MINUTES);
        executor.schedule(note("early"), 5, SECONDS);
        executor.schedule(note("too late"), 2, MINUTES);
        time.advance(Duration.ofSeconds(4));
        assertThat(seen).isEmpty();
        time.advance(Duration.ofSeconds(100));
        assertThat(seen).containsExactly("early 5", "late 60");
        assertThat(time.clock().instant()).isEqualTo(BEGIN.plusSeconds(104));
        assertThat(time.nanoTime()).isEqualTo(SECONDS.toNanos(104));
    }

    @Test
    void whatIsRepeatedRunsOnceForEachPeriod() {
        Future<?> each = executor.scheduleAtFixedRate(note("each"), 1, 10, SECONDS);
        executor.scheduleWithFixedDelay(note("rare"), 15, 15, SECONDS);
        time.advance(Duration.ofSeconds(22));
        assertThat(seen).containsExactly("each 1", "each 11", "rare 15", "each 21");
        each.cancel(false);
        time.advance(Duration.ofSeconds(10));
        assertThat(seen).endsWith("each 21", "rare 30");
    }

    @Test
    void whatIsDueAtOnceNeedsNoStep() throws Exception {
        CountDownLatch ran = new CountDownLatch(2);
        executor.schedule(ran::countDown, 0, SECONDS);
        executor.execute(ran::countDown);
        assertThat(ran.await(20, SECONDS)).isTrue();
        Future<?> repeated = executor.scheduleWithFixedDelay(note("again"), 0, 1, SECONDS);
        time.advance(Duration.ofSeconds(1));
        assertThat(seen).containsExactly("again 0", "again 1");
        assertThat(repeated.isDone()).isFalse();
    }

    @Test
    void aTaskThatFailsDoesNotComeAgainAndHarmsNoOther() {
        Future<?> broken = executor.scheduleAtFixedRate(
                () -> {
                    seen.add("broken");
                    throw new IllegalStateException("on purpose");
                },
                1,
                1,
                SECONDS);
        executor.schedule(note("other"), 3, SECONDS);
        time.advance(Duration.ofSeconds(5));
        assertThat(seen).containsExactly("broken", "other 3");
        assertThat(broken).isDone();
    }

    @Test
    void anExecutorThatHasEndedRunsNothingMore() {
        Future<?> waiting = executor.schedule(note("late"), 1, SECONDS);
        executor.shutdownNow();
        time.advance(Duration.ofSeconds(2));
        assertThat(seen).isEmpty();
        assertThat(waiting).isCancelled();
        assertThatThrownBy(() -> executor.schedule(note("more"), 1, SECONDS))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void anExtensionInABrokerLivesInTheTimeOfTheTest() {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        broker.extension("hourly", context -> {
            assertThat(context.clock().instant()).isEqualTo(BEGIN);
            assertThat(context.nanoTime()).isZero();
            context.executor().schedule(() -> ran.complete(Thread.currentThread()), 1, MINUTES);
        });
        time.advance(Duration.ofSeconds(59));
        assertThat(ran).isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThat(ran.join().getName()).isEqualTo("skep-ext-hourly");
    }

    private record Limit(int limit) {}

    @Test
    void anExtensionStartsWithoutABrokerAndItsHooksAreCalledByTheTest(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("gate.yaml"), "limit: 1");
        Authenticator gate = login -> Decision.deny();
        try (BareContext context = new BareContext("gate", folder)) {
            context.onConfigChange(Limit.class, limit -> seen.add("limit " + limit.limit()));
            context.hooks().authenticator(gate);
            context.hooks().listen(Event.SessionEnded.class, event -> seen.add(event.clientId()));
            context.logger().info("not kept");
            context.logger().warn("careful with {}", "it");
            Files.writeString(folder.resolve("gate.yaml"), "limit: 2");
            context.configChanged();
            context.tell(new Event.BrokerStarting());
            context.tell(new Event.SessionEnded("ann"));

            assertThat(context.hook(Authenticator.class)).isSameAs(gate);
            assertThat(context.options(gate).deadline()).isEqualTo(Duration.ofSeconds(5));
            assertThat(context.hooks(Authorizer.class)).isEmpty();
            assertThatThrownBy(() -> context.hook(Authorizer.class)).hasMessage("Authorizer: 0 (expected: 1)");
            assertThat(context.warnings()).containsExactly("careful with it");
            assertThat(seen).containsExactly("limit 2", "ann");
        }
    }
}
