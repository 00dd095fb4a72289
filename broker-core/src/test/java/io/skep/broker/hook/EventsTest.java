// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static io.skep.broker.hook.HookFixture.CLIENT;
import static io.skep.broker.hook.HookFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.sdk.event.Event;
import io.skep.sdk.event.Event.ClientConnected;
import io.skep.sdk.event.Event.SessionCreated;
import io.skep.sdk.event.Event.SessionEnded;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsTest {

    private final HookFixture hooks = new HookFixture();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void aListenerHearsWhatItListensTo() {
        hooks.install("a", a -> a.listen(SessionCreated.class, event -> heard.add(event.clientId())));
        assertThat(hooks.chains.listens(SessionCreated.class)).isTrue();
        assertThat(hooks.chains.listens(ClientConnected.class)).isFalse();

        hooks.install("b", b -> b.listen(Event.class, event -> heard.add(event.toString())));
        assertThat(hooks.chains.listens(ClientConnected.class)).isTrue();

        hooks.chains.fire(new ClientConnected(CLIENT, false));
        hooks.chains.fire(new SessionCreated("c"));

        await(() -> heard.size() == 3);
        assertThat(heard).contains("c", "SessionCreated[clientId=c]");
    }

    @Test
    void eventsAreHeardInTheirOrderOnAThreadOfTheExtension() {
        hooks.install(
                "a",
                a -> a.listen(SessionCreated.class, event -> {
                    assertThat(hooks.loop.inLoop()).isFalse();
                    heard.add(event.clientId());
                }));

        for (int i = 0; i < 1000; i++) {
            int next = i;
            await(() -> heard.size() > next - HookFixture.EVENTS_MAX);
            hooks.chains.fire(new SessionCreated(Integer.toString(i)));
        }

        await(() -> heard.size() + hooks.metrics.get(Metric.EVENTS_DROPPED) == 1000);
        assertThat(heard.stream().mapToInt(Integer::parseInt)).isSorted();
    }

    @Test
    void anExtensionThatLagsBehindLosesEventsAndTheyAreCounted() {
        CountDownLatch busy = new CountDownLatch(1);
        hooks.install(
                "a",
                a -> a.listen(SessionEnded.class, event -> {
                    heard.add(event.clientId());
                    awaitOpen(busy);
                }));

        for (int i = 0; i < 10; i++) {
            hooks.chains.fire(new SessionEnded(Integer.toString(i)));
        }
        busy.countDown();

        await(() -> heard.size() == HookFixture.EVENTS_MAX);
        assertThat(hooks.metrics.get(Metric.EVENTS_DROPPED)).isEqualTo(10 - HookFixture.EVENTS_MAX);
        hooks.chains.fire(new SessionEnded("last"));
        await(() -> heard.contains("last"));
    }

    @Test
    void whatAListenerThrowsDoesNotStopTheOthers() {
        hooks.install("a", a -> {
            a.listen(SessionEnded.class, event -> {
                throw new IllegalStateException("broken");
            });
            a.listen(SessionEnded.class, event -> heard.add(event.clientId()));
        });

        hooks.chains.fire(new SessionEnded("c"));

        await(() -> heard.contains("c"));
        assertThat(hooks.failures()).isEqualTo(1);
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
