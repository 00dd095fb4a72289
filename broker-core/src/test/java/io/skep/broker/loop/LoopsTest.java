// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.DefaultEventLoop;
import io.skep.broker.config.ThreadConfig;
import io.skep.broker.config.ThreadConfig.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoopsTest {

    private @Nullable Loops loops;

    @AfterEach
    void close() {
        if (loops != null) {
            loops.close(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "NIO"})
    void threadsAreNamedInTheOrderOfTheLoops(Transport transport) throws Exception {
        Loops three = start(new ThreadConfig(3, transport));

        assertThat(three.all()).extracting(Loop::index).containsExactly(0, 1, 2);
        for (Loop loop : three.all()) {
            assertThat(threadOf(loop).getName()).isEqualTo("skep-loop-" + loop.index());
        }
    }

    @Test
    void zeroMeansOneLoopPerTwoProcessors() {
        int expected = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

        assertThat(start(ThreadConfig.DEFAULT).all()).hasSize(expected);
    }

    @Test
    void loopsAreDealtOutInTurn() {
        Loops three = start(new ThreadConfig(3, Transport.NIO));

        assertThat(List.of(three.next(), three.next(), three.next(), three.next()))
                .extracting(Loop::index)
                .containsExactly(0, 1, 2, 0);
    }

    @Test
    void aLoopIsFoundByItsEventLoopAndAStrangeOneIsNot() {
        Loops two = start(new ThreadConfig(2, Transport.NIO));
        DefaultEventLoop stranger = new DefaultEventLoop();

        for (Loop loop : two.all()) {
            assertThat(two.of(loop.eventLoop())).isSameAs(loop);
        }
        assertThatThrownBy(() -> two.of(stranger)).hasMessageContaining("expected: a loop of this broker");
        stranger.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void closingEndsTheThreadsAfterWhatIsQueued() throws Exception {
        Loops one = start(new ThreadConfig(1, Transport.NIO));
        Loop loop = one.next();
        Thread thread = threadOf(loop);
        CountDownLatch queued = new CountDownLatch(1);
        loop.execute(queued::countDown);

        one.close(Duration.ofSeconds(5));

        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(queued.getCount()).isZero();
    }

    @Test
    void theSweepRunsOnTheLoopEverySecondWithAFreshClockThoughAStepFails() throws Exception {
        Loop loop = start(new ThreadConfig(1, Transport.NIO)).next();
        BlockingQueue<Long> clocks = new LinkedBlockingQueue<>();
        loop.everySecond(() -> {
            throw new IllegalStateException("thrown by the test");
        });
        loop.everySecond(() -> clocks.add(loop.inLoop() ? loop.nowNanos() : -1));

        Long first = clocks.poll(20, TimeUnit.SECONDS);
        Long second = clocks.poll(20, TimeUnit.SECONDS);

        assertThat(first).isNotNull().isNotEqualTo(-1);
        assertThat(second).isNotNull();
        assertThat(Duration.ofNanos(second - first)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
    }

    private Loops start(ThreadConfig config) {
        Loops started = new Loops(config);
        loops = started;
        return started;
    }

    private static Thread threadOf(Loop loop) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        loop.execute(() -> thread.complete(Thread.currentThread()));
        return thread.get(20, TimeUnit.SECONDS);
    }
}
