// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static io.skep.broker.ServedBroker.bytes;
import static io.skep.broker.ServedBroker.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.extension.ExtensionJar;
import io.skep.broker.service.ExtensionServices;
import io.skep.sdk.service.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When and where an extension hears of what it asked for. */
final class ExtensionThreadsTest {

    @TempDir
    private Path home;

    @Test
    void stagesCompleteOnAThreadOfTheExtension() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            String here = Thread.currentThread().getName();
            Set<String> names = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                names.add(soon(served.services
                        .store()
                        .put("a", bytes("b"))
                        .thenApply(stored -> Thread.currentThread().getName())));
            }
            names.remove(here); // of one that had completed before something was attached
            assertThat(names).containsExactly("skep-ext-probe-answers");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(RunningBroker.SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsAskedDuringTheStartIsDoneInItsOrderOnceTheBrokerRuns() throws IOException {
        ExtensionJar.extension("early", "early.Early")
                .source("early.Early", """
                        public class Early implements Extension {
                            public void start(ExtensionContext context) {
                                for (int i = 0; i < 100; i++) {
                                    context.store().put("n", String.valueOf(i).getBytes());
                                }
                                context.store().get("n").thenAccept(found -> context.publisher().publish(
                                        io.skep.sdk.service.Message.of("early", new String(found.get()))
                                                .withRetain(true)));
                            }
                        }
                        """)
                .write(Files.createDirectories(home.resolve("extensions")).resolve("early.jar"));
        try (ServedBroker served = ServedBroker.start(home)) {
            RunningBroker.await(
                    "a message",
                    () -> soon(served.services.retained().find("early")).isPresent());
            assertThat(soon(served.services.retained().find("early"))
                            .orElseThrow()
                            .text())
                    .isEqualTo("99");
        }
    }

    @Test
    void noMoreThanTheConfiguredCallsMayBeUnanswered() throws IOException {
        try (ServedBroker served = ServedBroker.start(home, "extensions: {in-flight-max: 10}\n")) {
            ExtensionServices services = served.services;
            CountDownLatch release = new CountDownLatch(1);
            occupy(services, release);
            List<CompletionStage<?>> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                asked.add(services.broker());
            }
            assertThat(asked) // who is refused need not wait for the thread
                    .filteredOn(stage -> stage.toCompletableFuture().isDone())
                    .isNotEmpty()
                    .allSatisfy(stage -> assertThatThrownBy(() -> soon(stage))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("(expected: fewer"));
            release.countDown();
            RunningBroker.await(
                    "answers", () -> !services.broker().toCompletableFuture().isCompletedExceptionally());
        }
    }

    /** Keeps the thread that answers busy. */
    private static void occupy(ExtensionServices services, CountDownLatch release) {
        Thread here = Thread.currentThread();
        CountDownLatch busy = new CountDownLatch(1);
        RunningBroker.await("a stage that completes later", () -> {
            services.store().put("a", bytes("b")).thenAccept(stored -> {
                if (Thread.currentThread() != here) {
                    busy.countDown();
                    awaitQuietly(release);
                }
            });
            return busy.getCount() == 0 || awaitBriefly(busy);
        });
    }

    private static boolean awaitBriefly(CountDownLatch latch) {
        try {
            return latch.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void whenTheBrokerHasStoppedEveryCallFails() throws IOException {
        CompletableFuture<String> inTime;
        ServedBroker served = ServedBroker.start(home);
        try {
            inTime = served.services
                    .store()
                    .put("a", bytes("1"))
                    .thenApply(stored -> "stored")
                    .toCompletableFuture();
        } finally {
            served.broker.close();
        }
        assertThat(soon(inTime)).isEqualTo("stored");
        for (CompletionStage<?> late : List.of(
                served.services.broker(),
                served.services.store().get("a"),
                served.services.publisher().publish(Message.of("a", "b")))) {
            assertThatThrownBy(() -> soon(late))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("broker: stopped (expected: running)");
        }
        served.services.close();
        try (ServedBroker again = ServedBroker.start(home)) {
            assertThat(soon(again.services.store().get("a")).orElseThrow())
                    .asString(UTF_8)
                    .isEqualTo("1");
        }
    }
}
