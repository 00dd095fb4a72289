// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ExchangesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    static final Attachment.Listener NOBODY = new Attachment.Listener() {
        @Override
        public void attached(Session session, boolean sessionPresent) {}

        @Override
        public void refused(String text) {}
    };

    private final SessionFixture fixture = new SessionFixture(1);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aQueueIsAtItsEndWhenTheDiskHasNothingOfIt() throws Exception {
        Session session = fixture.attach("client");
        session.execute(() -> {
            session.outlet(fixture.attachment("client", 0, NOBODY).outlet());
            session.outbox().restore(5, 7);
            session.pump(); // reads what is not there
        });
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!ask(session, () -> session.outbox().exchanges().isAtEnd())) {
            assertThat(System.nanoTime()).as("the end of the queue").isLessThan(deadline);
        }
    }

    private static boolean ask(Session session, Supplier<Boolean> question) throws Exception {
        return CompletableFuture.supplyAsync(question, session).get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aStepThatFailsKeepsNoOtherFromBeingDone() throws Exception {
        Session session = fixture.attach("client");
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        session.execute(() -> {
            throw new IllegalStateException("(expected: by this test)");
        });
        session.execute(() -> done.complete(true));
        assertThat(done.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
