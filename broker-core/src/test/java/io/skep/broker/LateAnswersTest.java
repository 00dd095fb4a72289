// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.RawClient.Packet;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.HookOptions;
import io.skep.sdk.publish.PublishAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages whose interceptor answers when the test says so. */
class LateAnswersTest {

    private static final int SIDE_BY_SIDE = 64;

    private final BlockingQueue<CompletableFuture<PublishAnswer>> asked = new LinkedBlockingQueue<>();

    @TempDir
    private Path home;

    private ServedBroker served;
    private RawClient bob;

    @BeforeEach
    void start() throws IOException {
        served = ServedBroker.start(home);
        ExtensionHooks hooks =
                new ExtensionHooks("probe", ExtensionsConfig.DEFAULT, Runnable::run, served.broker.get(Metrics.class));
        hooks.publishInterceptor(
                (client, publish) -> {
                    CompletableFuture<PublishAnswer> answer = new CompletableFuture<>();
                    asked.add(answer);
                    return PublishAnswer.later(answer);
                },
                HookOptions.DEFAULT.withDeadline(RunningBroker.SOON));
        served.broker.get(HookChains.class).add(hooks);
        bob = RawClient.connect(served.port(), "bob", true);
        bob.subscribe(2, "#");
    }

    @AfterEach
    void stop() {
        bob.close();
        served.close();
    }

    @Test
    void manyMessagesOfOneClientAreLookedAtSideBySideAndGoOnInTheirOrder() throws Exception {
        try (RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            byte[][] all = new byte[100][];
            for (int i = 0; i < all.length; i++) {
                all[i] = message(1, i + 1, "" + i);
            }
            ann.send(all);
            List<CompletableFuture<PublishAnswer>> first = questions(SIDE_BY_SIDE);
            Collections.reverse(first);
            pass(first);
            pass(questions(all.length - SIDE_BY_SIDE));
            for (int i = 0; i < all.length; i++) {
                assertThat(ann.expect(Packets.PUBACK).packetId()).isEqualTo(i + 1);
                assertThat(bob.expect(Packets.PUBLISH).payload())
                        .asString(UTF_8)
                        .isEqualTo("" + i);
            }
        }
    }

    @Test
    void whatComesBehindMessagesWaitsForThem() throws Exception {
        try (RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            ann.send(message(1, 1, "a"), message(1, 2, "b"), Packets.subscribe(3, 0, "else"), message(1, 4, "c"));
            pass(questions(2));
            assertThat(ann.expect(Packets.PUBACK).packetId()).isEqualTo(1);
            assertThat(ann.expect(Packets.PUBACK).packetId()).isEqualTo(2);
            assertThat(ann.expect(Packets.SUBACK).packetId()).isEqualTo(3);
            pass(questions(1));
            assertThat(ann.expect(Packets.PUBACK).packetId()).isEqualTo(4);
        }
    }

    @Test
    void whoLeavesBeforeTheAnswerHasPublishedAllTheSame() throws Exception {
        try (RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            byte[][] all = new byte[SIDE_BY_SIDE + 11][];
            for (int i = 0; i < all.length; i++) {
                all[i] = message(0, 0, "" + i);
            }
            ann.send(all);
            ann.send(Packets.disconnect());
        }
        pass(questions(SIDE_BY_SIDE));
        pass(questions(11));
        for (int i = 0; i < SIDE_BY_SIDE + 11; i++) {
            assertThat(bob.expect(Packets.PUBLISH).payload()).asString(UTF_8).isEqualTo("" + i);
        }
    }

    @Test
    void aMessageThatIsSentAgainOnAnotherConnectionBeforeTheAnswerComesOnce() throws Exception {
        try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
            ann.send(message(2, 7, "once"));
            List<CompletableFuture<PublishAnswer>> old = questions(1);
            try (RawClient again = RawClient.connect(served.port(), "ann", false)) {
                assertThat(ann.isClosedByBroker()).isTrue();
                again.send(Packets.duplicate(message(2, 7, "once")));
                List<CompletableFuture<PublishAnswer>> fresh = questions(1);
                pass(old);
                pass(fresh);
                assertThat(again.expect(Packets.PUBREC).packetId()).isEqualTo(7);
                again.send(Packets.ack(Packets.PUBREL, 7), message(1, 8, "next"));
                assertThat(again.expect(Packets.PUBCOMP).packetId()).isEqualTo(7);
                pass(questions(1));
                assertThat(again.expect(Packets.PUBACK).packetId()).isEqualTo(8);
            }
        }
        List<String> got = new ArrayList<>();
        while (got.isEmpty() || !"next".equals(got.get(got.size() - 1))) {
            Packet packet = bob.expect(Packets.PUBLISH);
            got.add(new String(packet.payload(), UTF_8));
        }
        assertThat(got).containsExactly("once", "next");
    }

    private static byte[] message(int qos, int id, String payload) {
        return Packets.publish("t", qos, id, payload.getBytes(UTF_8));
    }

    /** Waits until so many messages more have been shown to the interceptor. */
    private List<CompletableFuture<PublishAnswer>> questions(int count) throws InterruptedException {
        List<CompletableFuture<PublishAnswer>> questions = new ArrayList<>();
        while (questions.size() < count) {
            questions.add(Objects.requireNonNull(
                    asked.poll(RunningBroker.SOON.toSeconds(), TimeUnit.SECONDS), "asked: " + questions.size()));
        }
        assertThat(asked.size()).isZero();
        return questions;
    }

    private static void pass(List<CompletableFuture<PublishAnswer>> questions) {
        questions.forEach(question -> question.complete(PublishAnswer.pass()));
    }
}
