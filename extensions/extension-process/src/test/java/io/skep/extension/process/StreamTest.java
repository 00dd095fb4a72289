// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.skep.extension.process.FakeProgram.Behaviour;
import io.skep.extension.process.Wire.Answer;
import io.skep.extension.process.Wire.FromBroker;
import io.skep.extension.process.Wire.FromProgram;
import io.skep.extension.process.Wire.ProgramHello;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.event.Event;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are out of order, in their answers or otherwise. */
class StreamTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    private @Nullable FakeProgram server;
    private @Nullable Harness harness;

    @AfterEach
    void close() {
        if (harness != null) {
            harness.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private Harness connect(FakeProgram program, String more) throws Exception {
        server = program;
        Harness fresh = Harness.start(broker, program.address(), more);
        harness = fresh;
        return fresh;
    }

    private Harness connected(FakeProgram program, String more) throws Exception {
        Harness fresh = connect(program, more);
        fresh.awaitConnected();
        return fresh;
    }

    private static void assertAllowed(CompletableFuture<Decision> login, String clientId) {
        assertThat(login.join())
                .isInstanceOfSatisfying(
                        Decision.Allow.class,
                        allow -> assertThat(allow.permissions().rules().get(0).topicFilter())
                                .isEqualTo(clientId));
    }

    @Test
    void answersInAnyOrderReachTheirCalls() throws Exception {
        List<Wire.Call> calls = Collections.synchronizedList(new ArrayList<>());
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> {
                    calls.addAll(message.getCallsList());
                    if (calls.size() == 3) {
                        Collections.reverse(calls);
                        FakeProgram.answer(
                                stream, calls.stream().map(FakeProgram::allow).toArray(Answer.Builder[]::new));
                    }
                }),
                "");
        List<CompletableFuture<Decision>> logins = List.of(harness.login("a"), harness.login("b"), harness.login("c"));
        assertAllowed(logins.get(0), "a");
        assertAllowed(logins.get(1), "b");
        assertAllowed(logins.get(2), "c");
    }

    @Test
    void anAnswerToNobodyAndASecondOneAreCountedAndIgnored() throws Exception {
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> message.getCallsList()
                        .forEach(call -> FakeProgram.answer(
                                stream,
                                FakeProgram.allow(call).setId(-1),
                                FakeProgram.allow(call),
                                Answer.newBuilder().setId(call.getId()).setDeny(Wire.Deny.getDefaultInstance())))),
                "");
        assertAllowed(harness.login("a"), "a");
        assertAllowed(harness.login("b"), "b");
        Harness.await("stray answers", () -> harness.meter("stray_answers") == 4);
    }

    @Test
    void anAnswerThatMakesNoSenseFailsItsCallAlone() throws Exception {
        Wire.Deny.Builder strange = Wire.Deny.newBuilder().setReasonCode(300);
        Wire.Deny.Builder success = Wire.Deny.newBuilder().setReasonCode(0x10);
        Wire.Permission.Builder wrong = Wire.Permission.newBuilder().setTopicFilter("a#");
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> message.getCallsList()
                        .forEach(call -> {
                            Answer.Builder answer = Answer.newBuilder().setId(call.getId());
                            switch (call.getClient().getId()) {
                                case "drop" -> answer.setDrop(Wire.Drop.getDefaultInstance());
                                case "empty" -> answer.setAllow(Wire.Allow.getDefaultInstance());
                                case "strange" -> answer.setDeny(strange);
                                case "success" -> answer.setDeny(success);
                                case "filter" ->
                                    answer.setAllow(Wire.Allow.newBuilder().addPermissions(wrong));
                                case "nothing" -> {}
                                default -> answer = FakeProgram.allow(call);
                            }
                            FakeProgram.answer(stream, answer);
                        })),
                "");
        assertFails(harness.login("drop"), "answer: DROP (expected: allow, deny or next, to a login)");
        assertFails(harness.login("empty"), "answer: allow with nothing (expected: permissions, or everything)");
        assertFails(harness.login("strange"), "answer: reason code: 300");
        assertFails(harness.login("success"), "(expected: an error)");
        assertFails(harness.login("filter"), "topic filter: 'a#'");
        assertFails(harness.login("nothing"), "answer: ANSWER_NOT_SET");
        assertAllowed(harness.login("a"), "a");
        assertThat(server().streams).as("nothing of it ends the stream").hasSize(1);
    }

    private FakeProgram server() {
        return Objects.requireNonNull(server);
    }

    private static void assertFails(CompletableFuture<Decision> answer, String how) {
        assertThatThrownBy(answer::join).hasMessageContaining(how);
    }

    private static void assertFailsAtOnce(ThrowingCallable call, String how) {
        assertThatThrownBy(call).isInstanceOf(Unanswered.class).hasMessageContaining(how);
    }

    @Test
    void whatWaitsWhileTheProgramIsBusyComesInBatches() throws Exception {
        int count = 5_000;
        CountDownLatch busy = new CountDownLatch(1);
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> {
                    awaitQuietly(busy);
                    FakeProgram.answer(
                            stream,
                            message.getCallsList().stream()
                                    .map(FakeProgram::allow)
                                    .toArray(Answer.Builder[]::new));
                }),
                "deadline: 1m\n");
        List<CompletableFuture<Decision>> logins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            logins.add(harness.login("client-" + i));
        }
        busy.countDown();
        for (int i = 0; i < count; i++) {
            assertAllowed(logins.get(i), "client-" + i);
        }
        List<FromBroker> messages = server().received;
        assertThat(messages.size()).isLessThan(count / 20);
        assertThat(messages)
                .allSatisfy(each -> assertThat(each.getSerializedSize()).isLessThan(80 << 10));
        assertThat(server().calls()).extracting(Wire.Call::getId).isSorted().hasSize(count);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aStreamThatEndsFailsItsCallsAndIsMadeAnew() throws Exception {
        AtomicInteger streams = new AtomicInteger();
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> {
                    if (streams.getAndIncrement() == 0) {
                        FakeProgram.end(stream, Status.OK);
                    } else {
                        FakeProgram.answer(stream, FakeProgram.allow(message.getCalls(0)));
                    }
                }),
                "deadline: 1m\n");
        assertFails(harness.login("a"), "program: stream: ended by the program");
        Harness.await("a second stream", () -> server().streams.size() == 2);
        harness.awaitConnected();
        assertAllowed(harness.login("b"), "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"answers before the hello", "two hellos", "a hook that is not offered", "a wrong filter"})
    void aProgramThatDoesNotKeepToTheProtocolIsNotListenedTo(String how) throws Exception {
        Behaviour behaviour = (message, stream) -> {
            ProgramHello.Builder hello = ProgramHello.newBuilder().addHooks(Wire.Hook.HOOK_AUTHENTICATE);
            switch (how) {
                case "answers before the hello" -> stream.sendMessage(FromProgram.getDefaultInstance());
                case "two hellos" -> {
                    FakeProgram.hello(stream, hello);
                    FakeProgram.hello(stream, hello);
                }
                case "a hook that is not offered" -> FakeProgram.hello(stream, hello.addHooksValue(99));
                default -> FakeProgram.hello(stream, hello.addPublishTopicFilters("a/#/b"));
            }
        };
        Harness harness = connect(new FakeProgram(behaviour), "");
        Harness.await("another attempt", () -> server().streams.size() >= 2);
        Harness.await("not connected", () -> harness.meter("connected") == 0);
        Harness.await("stream cancelled", () -> server().streams.get(0).isCancelled());
    }

    @Test
    void aServerThatSaysNothingIsNotWaitedForLong() throws Exception {
        Harness harness = connect(new FakeProgram((message, stream) -> {}), "limits: {connect-timeout: 200ms}\n");
        assertFailsAtOnce(() -> harness.login("a"), "program: not connected");
        Harness.await("another attempt", () -> server().streams.size() >= 2);
    }

    @Test
    void aConnectionOnWhichNothingIsHeardIsMadeAnew() throws Exception {
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> {
                    if (stream != server().streams.get(0)) {
                        FakeProgram.answer(stream, FakeProgram.allow(message.getCalls(0)));
                    }
                }),
                "deadline: 100ms\nlimits: {silence-max: 1s}\n");
        Harness.await("another stream", () -> {
            if (harness.meter("connected") == 1) {
                harness.login("a");
            }
            return server().streams.size() >= 2;
        });
        Harness.await(
                "an answer on it",
                () -> harness.meter("connected") == 1
                        && harness.login("b")
                                .handle((decision, failure) -> failure == null)
                                .join());
    }

    @Test
    void whatTheProgramDoesNotWantIsNotSent() throws Exception {
        Harness harness = connected(
                new FakeProgram((message, stream) -> {
                    if (message.hasHello()) {
                        FakeProgram.hello(
                                stream,
                                ProgramHello.newBuilder()
                                        .addHooks(Wire.Hook.HOOK_AUTHORIZE)
                                        .addHooks(Wire.Hook.HOOK_EVENTS)
                                        .addAuthorizeTopicFilters("a/+")
                                        .addEventKinds(Wire.EventKind.EVENT_KIND_SESSION_ENDED));
                    }
                    message.getCallsList()
                            .forEach(call -> FakeProgram.answer(
                                    stream,
                                    Answer.newBuilder().setId(call.getId()).setDeny(Wire.Deny.getDefaultInstance())));
                }),
                "");
        assertThat(harness.login("a").join()).isEqualTo(Decision.next());
        assertThat(harness.publishing("b").join()).isEqualTo(Decision.next());
        assertThat(harness.subscribing("b/#").join()).isEqualTo(Decision.next());
        assertThat(harness.publishing("a/b").join()).isInstanceOf(Decision.Deny.class);
        assertThat(harness.subscribing("#").join()).isInstanceOf(Decision.Deny.class);
        harness.program.tell(new Event.SessionCreated("one"));
        harness.program.tell(new Event.SessionEnded("two"));
        Harness.await("an event", () -> !events().isEmpty());
        assertThat(events())
                .singleElement()
                .satisfies(event ->
                        assertThat(event.getSessionEnded().getClientId()).isEqualTo("two"));
        assertThat(server().calls()).hasSize(2);
    }

    private List<Wire.Event> events() {
        return server().received.stream()
                .flatMap(each -> each.getEventsList().stream())
                .toList();
    }

    @Test
    void aCallThatIsTooLongOrOneTooManyFailsByItself() throws Exception {
        Harness harness = connected(
                FakeProgram.answering((message, stream) -> {}),
                "deadline: 2s\nlimits: {in-flight-max: 2, message-bytes-max: 1KiB}\n");
        assertFailsAtOnce(() -> harness.login("x".repeat(1024)), "call: ");
        List<CompletableFuture<Decision>> kept = List.of(harness.login("a"), harness.login("b"));
        assertFails(harness.login("c"), "calls: too many");
        kept.forEach(each -> assertFails(each, "answer: none within the deadline"));
        assertThat(harness.login("d")).as("there is room again").isNotDone();
    }

    @Test
    void eventsThatAProgramIsTooSlowForAreLostAndCounted() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        Harness harness =
                connect(FakeProgram.answering((message, stream) -> awaitQuietly(busy)), "limits: {events-max: 10}\n");
        int count = 100_000; // more than what the buffers on the way take
        for (int i = 0; i < count; i++) {
            harness.program.tell(new Event.SessionCreated("client-" + i));
        }
        double lost = harness.meter("events_lost");
        assertThat(lost).isPositive();
        busy.countDown();
        Harness.await("all others", () -> events().size() == count - lost);
        harness.program.tell(new Event.SessionCreated("last"));
        Harness.await("the last", () -> events().size() == count - lost + 1);
        assertThat(server().received.stream()
                        .mapToLong(FromBroker::getEventsLost)
                        .sum())
                .isEqualTo((long) lost);
    }
}
