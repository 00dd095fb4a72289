// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONG = TimeUnit.MILLISECONDS.toNanos(150);
    private static final int SOON_SECONDS = 20;

    private final DefaultEventLoop eventLoop = new DefaultEventLoop();
    private final Loop loop = new Loop(0, eventLoop);
    private final BlockingQueue<String> expired = new LinkedBlockingQueue<>();

    /** Notes its name when its time is over. */
    private final class Named extends Deadlines.Deadline {

        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        protected void expire() {
            expired.add(name);
            if (name.startsWith("bad")) {
                throw new IllegalStateException(name);
            }
        }
    }

    @AfterEach
    void end() {
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void whatIsNotMetExpiresInTheOrderOfItsTimesAndWhatIsMetDoesNot() throws Exception {
        loop.eventLoop().submit(() -> {
            List<Named> all = new ArrayList<>();
            for (String name : List.of("first", "second", "third", "bad", "last")) {
                all.add(new Named(name));
                loop.deadlines().begin(all.get(all.size() - 1), SHORT);
            }
            loop.deadlines().begin(new Named("later"), LONG);
            all.get(0).meet();
            all.get(2).meet();
            all.get(2).meet(); // once is as good as twice
        });
        assertThat(next()).isEqualTo("second");
        assertThat(next()).isEqualTo("bad");
        assertThat(next()).isEqualTo("last");
        assertThat(next()).isEqualTo("later");
        assertThat(expired).isEmpty();
    }

    @Test
    void aRowThatWasEmptyBeginsAnew() throws Exception {
        loop.eventLoop().submit(() -> {
            Named met = new Named("met");
            loop.deadlines().begin(met, SHORT);
            met.meet();
        });
        long beganNanos = System.nanoTime();
        loop.eventLoop()
                .submit(() -> loop.deadlines().begin(new Named("alone"), SHORT))
                .sync();
        assertThat(next()).isEqualTo("alone");
        assertThat(System.nanoTime() - beganNanos).isGreaterThanOrEqualTo(SHORT);
    }

    private @Nullable String next() throws InterruptedException {
        return expired.poll(SOON_SECONDS, TimeUnit.SECONDS);
    }
}
