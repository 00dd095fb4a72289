// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.routing.Receipt;
import io.skep.sdk.storage.WriteBatch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one publisher sent is stored in its order, though some of it may wait for its subscribers and some may not. */
class GraceOrderTest {

    private final SessionFixture fixture = new SessionFixture(1);
    private final Lane lane = fixture.registry.lane(0);
    private final List<String> stored = new CopyOnWriteArrayList<>();
    private final CountDownLatch settled = new CountDownLatch(3);

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A publisher that remembers when something of it began to wait. */
    private final class Source implements Receipt.Publisher {

        private long since = -1;

        @Override
        public void settled(Receipt receipt) {
            settled.countDown();
        }

        @Override
        public void submit(Receipt receipt) {
            lane.submit(receipt);
        }

        @Override
        public void waits(long nowNanos) {
            since = nowNanos;
        }

        @Override
        public boolean waitsSince(long nanos) {
            return since == nanos;
        }

        void send(String name, boolean mayWait) {
            Receipt receipt = new Receipt(lane.loop(), this);
            receipt.expect();
            receipt.add(new Receipt.Part() {
                @Override
                protected void store(WriteBatch batch) {
                    stored.add(name);
                }

                @Override
                protected boolean mayWait() {
                    return mayWait;
                }

                @Override
                protected Executor loop() {
                    return lane.loop();
                }
            });
            receipt.routed();
        }
    }

    @Test
    void whatMayNotWaitIsNotStoredBeforeWhatWaits() throws InterruptedException {
        Source source = new Source();
        lane.loop().execute(() -> {
            source.send("first", true);
            source.send("second", true);
            source.send("third", false);
        });
        assertThat(settled.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(stored).containsExactly("first", "second", "third");
    }

    @Test
    void whatWaitsOfOthersGoesOnWaiting() throws InterruptedException {
        Source source = new Source();
        Source other = new Source();
        lane.loop().execute(() -> {
            source.send("waiting", true);
            other.send("first", false);
            other.send("second", false);
        });
        assertThat(settled.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(stored).containsExactly("first", "second", "waiting");
    }
}
