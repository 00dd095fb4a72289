// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static io.skep.broker.hook.HookFixture.CLIENT;
import static io.skep.broker.hook.HookFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.HookOptions;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.ReplyType;
import io.skep.sdk.packet.UnsubscribeRequest;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.Publish;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterceptorsTest {

    private static final HookOptions NEXT = HookOptions.DEFAULT.withFallback(Fallback.NEXT);
    private static final UnsubscribeRequest REQUEST = new UnsubscribeRequest("a/b", List.of());
    private static final Reply PUBACK =
            new Reply(ReplyType.PUBACK, 7, List.of(ReasonCode.NOT_AUTHORIZED), "no", List.of());
    private static final Publish PUBLISH = new TextPublish("t", "x");

    private final HookFixture hooks = new HookFixture();

    @AfterEach
    void close() {
        hooks.close();
    }

    private <T> T onLoop(Supplier<T> step) {
        return get(CompletableFuture.supplyAsync(step, hooks.loop));
    }

    private Interception<UnsubscribeRequest> unsubscribe() {
        CompletableFuture<Interception<UnsubscribeRequest>> answer = new CompletableFuture<>();
        hooks.loop.execute(() -> hooks.chains.intercept(CLIENT, REQUEST, hooks.loop, answer::complete));
        return get(answer);
    }

    private Reply reply() {
        return onLoop(() -> hooks.chains.reply(CLIENT, PUBACK, hooks.loop));
    }

    private CompletableFuture<@Nullable Publish> deliver() {
        CompletableFuture<@Nullable Publish> left = new CompletableFuture<>();
        hooks.loop.execute(() -> left.complete(hooks.chains.deliver(CLIENT, PUBLISH, hooks.loop)));
        return left;
    }

    @Test
    void eachSeesTheRequestAsTheOneBeforeLeftIt() {
        hooks.install(
                "a",
                a -> a.unsubscribeInterceptor((client, request) -> Interception.later(CompletableFuture.supplyAsync(
                        () -> Interception.change(request.withTopicFilter("b")), hooks.threads))));
        hooks.install(
                "b",
                b -> b.unsubscribeInterceptor((client, request) ->
                        Interception.change(request.withTopicFilter(request.topicFilter() + "/c"))));

        assertThat(unsubscribe()).isEqualTo(Interception.change(new UnsubscribeRequest("b/c", List.of())));
    }

    @Test
    void aRequestThatAHookFailsAtIsRefusedOrPassesAsItsFallbackSays() {
        hooks.install(
                "a",
                a -> a.unsubscribeInterceptor(
                        (client, request) -> {
                            throw new NoClassDefFoundError("gone");
                        },
                        NEXT));
        assertThat(unsubscribe()).isEqualTo(Interception.pass());
        hooks.install(
                "b",
                b -> b.unsubscribeInterceptor((client, request) -> {
                    throw new IllegalStateException("broken");
                }));
        assertThat(unsubscribe()).isInstanceOf(Interception.Deny.class);
        assertThat(hooks.failures()).isEqualTo(3);
    }

    @Test
    @SuppressWarnings("NullAway") // what a careless author may answer
    void aDeliveryThatAHookFailsAtIsDroppedOrPassesAsItsFallbackSays() {
        hooks.install("a", a -> a.deliveryInterceptor((client, publish) -> null, NEXT));
        assertThat(get(deliver())).isSameAs(PUBLISH);
        hooks.install("b", b -> b.deliveryInterceptor((client, publish) -> null));
        assertThat(get(deliver())).isNull();
        assertThat(hooks.failures()).isEqualTo(3);
    }

    @Test
    void aDeliveryDroppedByOneIsShownToNoOther() {
        hooks.install("a", a -> a.deliveryInterceptor((client, publish) -> DeliveryAnswer.drop()));
        hooks.install(
                "b",
                b -> b.deliveryInterceptor((client, publish) -> {
                    throw new AssertionError("asked");
                }));
        assertThat(get(deliver())).isNull();
        assertThat(hooks.failures()).isZero();
    }

    @Test
    void ofAReplyOnlyWhatMayChangeDoes() {
        hooks.install(
                "a",
                a -> a.replyInterceptor((client, reply) ->
                        new Reply(ReplyType.PUBREC, 99, List.of(ReasonCode.QUOTA_EXCEEDED), "later", List.of())));
        assertThat(reply())
                .isEqualTo(new Reply(ReplyType.PUBACK, 7, List.of(ReasonCode.QUOTA_EXCEEDED), "later", List.of()));
    }

    @Test
    void anErrorDoesNotBecomeASuccess() {
        hooks.install(
                "a",
                a -> a.replyInterceptor(
                        (client, reply) -> new Reply(reply.type(), 7, List.of(ReasonCode.SUCCESS), null, List.of())));
        assertThat(reply()).isEqualTo(PUBACK);
        assertThat(hooks.failures()).isEqualTo(1);
        assertThatThrownBy(() -> PUBACK.withReasons(List.of(ReasonCode.SUCCESS)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reasons: [SUCCESS] (expected: for each of [NOT_AUTHORIZED] one with the same outcome)");
    }

    @Test
    void whileAHookRunsItsLoopSaysWho() {
        Object[] guest = new Object[1];
        hooks.install("a", a -> a.ackListener((client, ack) -> guest[0] = hooks.loop.guest()));
        onLoop(() -> {
            hooks.chains.acknowledged(CLIENT, PUBACK, hooks.loop);
            return true;
        });
        assertThat(guest[0])
                .isInstanceOfSatisfying(
                        Hook.class, hook -> assertThat(hook.owner().extension()).isEqualTo("a"));
        assertThat(hooks.loop.guest()).isNull();
    }
}
