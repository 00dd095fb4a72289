// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.loop.Loop;
import io.skep.broker.routing.Receipt;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GraceTest {

    private final SessionFixture fixture = new SessionFixture(1);
    private final Loop loop = fixture.registry.lane(0).loop();
    private final List<Receipt> stored = new ArrayList<>(); // touched on the loop
    private final Grace grace = new Grace(loop, stored::add);
    private final Waiting waiting = new Waiting();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatIsNotSettledInTimeIsStoredInItsOrder() {
        List<Receipt> receipts = new ArrayList<>();
        long began = System.nanoTime();
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                receipts.add(receipt(new Stored()));
            }
            assertThat(stored).isEmpty();
        });
        while (onLoop(() -> {}) && stored.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(Grace.NANOS);
        assertThat(stored).isEqualTo(receipts);
    }

    @Test
    void whatIsSettledInTimeIsNotStored() {
        List<Receipt> late = new ArrayList<>();
        onLoop(() -> {
            Stored settled = new Stored();
            receipt(settled);
            late.add(receipt(new Stored()));
            assertThat(settled.withdraw()).isTrue();
        });
        while (onLoop(() -> {}) && stored.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(stored).isEqualTo(late);
    }

    @Test
    void itEndsAtOnceWhenASubscriberLeaves() {
        onLoop(() -> {
            Receipt receipt = receipt(new Stored());
            grace.end();
            assertThat(stored).containsExactly(receipt);
        });
    }

    /** A publisher whose messages wait. */
    private final class Waiting implements Receipt.Publisher {

        @Override
        public void settled(Receipt receipt) {}

        @Override
        public void submit(Receipt receipt) {
            grace.add(receipt);
        }
    }

    private Receipt receipt(Stored part) {
        Receipt receipt = new Receipt(loop, waiting);
        receipt.expect();
        receipt.routed();
        receipt.add(part);
        return receipt;
    }

    private boolean onLoop(Runnable step) {
        CompletableFuture<Void> end = CompletableFuture.runAsync(step, loop);
        end.orTimeout(20, TimeUnit.SECONDS).join();
        return true;
    }

    /** Something to be stored. */
    private final class Stored extends Receipt.Part {

        @Override
        protected void store(WriteBatch batch) {}

        @Override
        protected Executor loop() {
            return loop;
        }
    }
}
