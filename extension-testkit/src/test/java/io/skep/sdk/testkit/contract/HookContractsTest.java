// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import io.skep.sdk.HookOptions;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.AckListener;
import io.skep.sdk.packet.ConnectInterceptor;
import io.skep.sdk.packet.DisconnectInterceptor;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.ReplyInterceptor;
import io.skep.sdk.packet.ReplyType;
import io.skep.sdk.packet.SubscribeInterceptor;
import io.skep.sdk.packet.UnsubscribeInterceptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contracts of packets other than PUBLISH, and of events, find what is wrong, and nothing in what is right. */
class HookContractsTest {

    private static final String ANSWERED = "whateverIsLegalIsAnsweredWithinTheDeadline";
    private static final String PROMPT = "theThreadThatAsksIsNotKept";
    private static final String TOGETHER = "threadsThatAskAtTheSameTimeGetTheAnswersToTheirOwnQuestions";
    private static final String ANEW = "itCanBeStoppedAndStartedAnewAndLeavesNoThreads";
    private static final String UNSUBSCRIBED = "whatIsSubscribedUnderAnotherFilterCanBeUnsubscribed";

    @TempDir
    Path folder;

    private MapAssert<String, String> assertFailures(ContractTest contract) throws Exception {
        return assertThat(Kept.failures(contract, folder));
    }

    private MapAssert<String, String> assertFound(ContractTest contract, String test, String text) throws Exception {
        contract.patience = Duration.ofSeconds(1); // for what never comes
        return assertFailures(contract)
                .hasEntrySatisfying(test, failure -> assertThat(failure).contains(text));
    }

    private static ContractTest connects(Extension extension) {
        return new ConnectInterceptorContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return extension;
            }
        };
    }

    private static ContractTest connect(ConnectInterceptor interceptor) {
        return connects(context -> context.hooks()
                .connectInterceptor(interceptor, HookOptions.DEFAULT.withDeadline(Duration.ofMillis(200))));
    }

    @Test
    void aConnectInterceptorThatAnswersAtOnceOrLaterIsRight() throws Exception {
        assertFailures(connect(request -> request.client().id().isEmpty()
                        ? Interception.change(request.withClientId("assigned"))
                        : Interception.deny(ReasonCode.BANNED, "not today")))
                .isEmpty();
        assertFailures(connects(context -> context.hooks()
                        .connectInterceptor(request -> Interception.later(CompletableFuture.supplyAsync(
                                () -> Interception.change(request.withKeepAliveSeconds(0)), context.executor())))))
                .isEmpty();
    }

    @Test
    void aConnectInterceptorThatPromisesInTheNameOfTheClientIsFound() throws Exception {
        assertFound(
                connect(request -> Interception.change(request.withLimits(100, 1 << 20, 0))),
                ANSWERED,
                "Receive Maximum");
        assertFound(
                connect(request -> Interception.change(request.withKeepAliveSeconds(10))),
                ANSWERED,
                "Keep Alive of a 3.x client");
    }

    @Test
    void aConnectInterceptorThatFailsOnWhatClientsMaySendIsFound() throws Exception {
        assertFound(
                connect(request -> Interception.change(
                        request.withClientId(request.client().id() + ""))),
                ANSWERED,
                "client id: ''");
        assertFound(
                connect(request -> Objects.requireNonNull(request.client().userName(), "user name")
                                .isEmpty()
                        ? Interception.deny(ReasonCode.BANNED, "")
                        : Interception.pass()),
                ANSWERED,
                "user name");
    }

    @Test
    void anAnswerThatDoesNotComeOrIsNoneIsFound() throws Exception {
        assertFound(
                connect(request -> Interception.later(new CompletableFuture<>())), ANSWERED, "an answer within PT0.2S");
        assertFound(
                connect(request -> Interception.later(
                        CompletableFuture.completedFuture(Interception.later(new CompletableFuture<>())))),
                ANSWERED,
                "not a later one");
        assertFound(connect(request -> Kept.none()), ANSWERED, "answer: null");
    }

    @Test
    void whoKeepsTheThreadOrLeavesThreadsBehindIsFound() throws Exception {
        assertFound(
                connect(request -> {
                    LockSupport.parkNanos(100_000);
                    return Interception.pass();
                }),
                PROMPT,
                "waits on the thread");
        CountDownLatch end = new CountDownLatch(1);
        try {
            assertFound(
                    connects(context -> {
                        Thread thread = new Thread(() -> await(end));
                        thread.setDaemon(true);
                        thread.start();
                        context.hooks().connectInterceptor(request -> Interception.pass());
                    }),
                    ANEW,
                    "stop() has to end those");
        } finally {
            end.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ContractTest subscribe(SubscribeInterceptor subscribe, UnsubscribeInterceptor unsubscribe) {
        return new SubscribeInterceptorContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return context -> {
                    context.hooks().subscribeInterceptor(subscribe, HookOptions.DEFAULT.withTopicFilter("old/#"));
                    context.hooks().unsubscribeInterceptor(unsubscribe);
                };
            }

            @Override
            protected List<String> topicFilters() {
                return List.of("old/a", "$share/g/old/+");
            }
        };
    }

    @Test
    void whoChangesSubscriptionsHasToChangeTheirEndInTheSameWay() throws Exception {
        SubscribeInterceptor subscribe =
                (client, request) -> request.matchedFilter().startsWith("old/")
                        ? Interception.change(
                                request.withTopicFilter(request.topicFilter().replaceFirst("old/", "new/")))
                        : Interception.pass();
        assertFailures(subscribe(
                        subscribe,
                        (client, request) -> request.matchedFilter().startsWith("old/")
                                ? Interception.change(request.withTopicFilter(
                                        request.topicFilter().replaceFirst("old/", "new/")))
                                : Interception.pass()))
                .isEmpty();
        assertFound(subscribe(subscribe, (client, request) -> Interception.pass()), UNSUBSCRIBED, "new/a");
    }

    @Test
    void aSubscribeInterceptorThatMixesUpItsClientsIsFound() throws Exception {
        AtomicReference<String> last = new AtomicReference<>("");
        SubscribeInterceptor mixes = (client, request) -> {
            last.set(request.topicFilter());
            LockSupport.parkNanos(1_000);
            return Interception.change(request.withTopicFilter(Objects.requireNonNull(last.get())));
        };
        UnsubscribeInterceptor none = (client, request) -> Interception.pass();
        for (int i = 0; i < 200; i++) { // it is a race, after all
            if (Kept.failures(subscribe(mixes, none), folder).containsKey(TOGETHER)) {
                return;
            }
        }
        throw new AssertionError("mixed up, and not found");
    }

    private static ContractTest unsubscribe(UnsubscribeInterceptor interceptor) {
        return new UnsubscribeInterceptorContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return context -> context.hooks().unsubscribeInterceptor(interceptor);
            }

            @Override
            protected List<String> topicFilters() {
                return List.of("old/a");
            }
        };
    }

    @Test
    void anUnsubscribeInterceptorThatMakesUpFiltersIsFound() throws Exception {
        assertFailures(unsubscribe((client, request) -> Interception.change(request.withTopicFilter("a"))))
                .isEmpty();
        assertFound(
                unsubscribe((client, request) ->
                        Interception.change(request.withTopicFilter(request.topicFilter() + "/x"))),
                ANSWERED,
                "topic filter");
    }

    private static ContractTest reply(ReplyInterceptor interceptor) {
        return new ReplyInterceptorContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return context -> context.hooks().replyInterceptor(interceptor);
            }
        };
    }

    @Test
    void aReplyInterceptorThatTellsClientsSomethingElseIsFound() throws Exception {
        assertFailures(reply((client, reply) -> reply.withReasonString("ok").withUserProperties(List.of())))
                .isEmpty();
        assertFound(
                reply((client, reply) -> new Reply(reply.type(), reply.packetId(), List.of(), null, List.of())),
                ANSWERED,
                "one with the same outcome");
        assertFound(
                reply((client, reply) -> new Reply(ReplyType.PUBACK, reply.packetId(), List.of(), null, List.of())),
                ANSWERED,
                "type");
        assertFound(reply((client, reply) -> Kept.none()), ANSWERED, "answer");
    }

    private static ContractTest disconnect(DisconnectInterceptor interceptor) {
        return new DisconnectInterceptorContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return context -> context.hooks().disconnectInterceptor(interceptor);
            }
        };
    }

    @Test
    void aDisconnectInterceptorThatHasNoAnswerIsFound() throws Exception {
        assertFailures(disconnect((client, request) -> request.withSessionExpirySeconds(0)))
                .isEmpty();
        assertFound(
                disconnect((client, request) -> request.reason().isError() ? request : Kept.none()),
                ANSWERED,
                "answer");
        assertFound(
                disconnect((client, request) -> request.withSessionExpirySeconds(request.sessionExpirySeconds() + 60)),
                ANSWERED,
                "session expiry");
    }

    private static ContractTest ack(AckListener listener) {
        return new AckListenerContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return context -> context.hooks().ackListener(listener);
            }
        };
    }

    @Test
    void anAckListenerThatFailsOnWhatClientsMaySayIsFound() throws Exception {
        assertFailures(ack((client, ack) -> Objects.requireNonNull(ack.reason())))
                .isEmpty();
        assertFound(ack((client, ack) -> Objects.requireNonNull(ack.reasonString(), "text")), ANSWERED, "text");
    }

    private static ContractTest events(Consumer<Event> listener) {
        return new EventListenerContractTest() {
            @Override
            protected String id() {
                return "gate";
            }

            @Override
            protected Extension extension() {
                return context -> context.hooks().listen(Event.class, listener);
            }
        };
    }

    @Test
    void aListenerThatKnowsTooLittleOrIsTooSlowIsFound() throws Exception {
        assertFailures(events(event -> LockSupport.parkNanos(1))).isEmpty();
        assertFound(
                events(event -> {
                    if (!event.getClass().getName().startsWith(Event.class.getName())) {
                        throw new IllegalStateException("no such event");
                    }
                }),
                "anEventOfAnUnknownKindIsNoFailure",
                "no such event");
        assertFound(
                events(event -> {
                    if (event instanceof Event.ClientConnected) {
                        LockSupport.parkNanos(20_000_000);
                    }
                }),
                "itKeepsUpWithManyEvents",
                "events taken within");
    }
}
