// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static io.skep.broker.hook.HookFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.HookOptions;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishHooksTest {

    private static final Publish PUBLISH = new TextPublish("home/lamp", "on");

    private final HookFixture hooks = new HookFixture();
    private final List<String> seen = new ArrayList<>(); // written on the loop, read after an answer from it

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void withoutInterceptorsAPublishPasses() {
        assertThat(hooks.chains.interceptsPublish()).isFalse();
        assertThat(get(hooks.intercept(PUBLISH))).isEqualTo(PublishAnswer.pass());
    }

    @Test
    void whatNobodyChangesPassesAsItIs() {
        hooks.install("a", a -> a.publishInterceptor(noting(PublishAnswer.pass())));

        assertThat(hooks.chains.interceptsPublish()).isTrue();
        assertThat(get(hooks.intercept(PUBLISH))).isEqualTo(PublishAnswer.pass());
        assertThat(seen).containsExactly("home/lamp");
    }

    @Test
    void eachInterceptorSeesWhatTheOneBeforeLeft() {
        for (String id : List.of("a", "b")) {
            hooks.install(
                    id,
                    hook -> hook.publishInterceptor(
                            (client, publish) -> PublishAnswer.change(publish.withTopic(publish.topic() + "/" + id))));
        }
        hooks.install("c", c -> c.publishInterceptor(noting(PublishAnswer.pass())));

        assertThat(get(hooks.intercept(PUBLISH)))
                .isEqualTo(PublishAnswer.change(new TextPublish("home/lamp/a/b", "on")));
        assertThat(seen).containsExactly("home/lamp/a/b");
    }

    @Test
    void aDropOrADenyEndsTheWalk() {
        hooks.install("a", a -> {
            a.publishInterceptor(
                    (client, publish) -> PublishAnswer.drop(), HookOptions.DEFAULT.withTopicFilter("dropped"));
            a.publishInterceptor(
                    (client, publish) -> PublishAnswer.deny(ReasonCode.QUOTA_EXCEEDED),
                    HookOptions.DEFAULT.withTopicFilter("denied"));
        });
        hooks.install("b", b -> b.publishInterceptor(noting(PublishAnswer.pass())));

        assertThat(get(hooks.intercept(new TextPublish("dropped", "")))).isEqualTo(PublishAnswer.drop());
        assertThat(get(hooks.intercept(new TextPublish("denied", ""))))
                .isEqualTo(PublishAnswer.deny(ReasonCode.QUOTA_EXCEEDED));
        assertThat(seen).isEmpty();
    }

    @Test
    void anInterceptorIsCalledForTopicsThatMatchItsFilterAndWithoutOneForAll() {
        hooks.install("a", a -> {
            a.publishInterceptor(noting(PublishAnswer.pass()), HookOptions.DEFAULT.withTopicFilter("home/+"));
            a.publishInterceptor(noting(PublishAnswer.pass()));
        });

        get(hooks.intercept(new TextPublish("home/lamp", "")));
        get(hooks.intercept(new TextPublish("away", "")));
        get(hooks.intercept(new TextPublish("$own/x", "")));

        assertThat(seen).containsExactly("home/lamp", "home/lamp", "away", "$own/x");
    }

    @Test
    void laterAnswersKeepTheChangesMadeBefore() {
        hooks.install("a", a -> {
            a.publishInterceptor((client, publish) -> PublishAnswer.change(publish.withTopic("changed")));
            a.publishInterceptor((client, publish) ->
                    PublishAnswer.later(CompletableFuture.supplyAsync(PublishAnswer::pass, hooks.threads)));
        });

        assertThat(get(hooks.intercept(PUBLISH))).isEqualTo(PublishAnswer.change(new TextPublish("changed", "on")));
    }

    @Test
    void aFailureRefusesOrPassesAsTheFallbackSays() {
        HookOptions soon = HookOptions.DEFAULT.withDeadline(Duration.ofMillis(20));
        PublishInterceptor never = (client, publish) -> PublishAnswer.later(new CompletableFuture<PublishAnswer>());
        hooks.install("a", a -> a.publishInterceptor(never, soon.withFallback(Fallback.NEXT)));
        assertThat(get(hooks.intercept(PUBLISH))).isEqualTo(PublishAnswer.pass());

        hooks.install("b", b -> b.publishInterceptor(never, soon));
        assertThat(get(hooks.intercept(PUBLISH))).isEqualTo(PublishAnswer.deny(ReasonCode.UNSPECIFIED_ERROR));
        assertThat(hooks.failures()).isEqualTo(3);
    }

    private PublishInterceptor noting(PublishAnswer answer) {
        return (client, publish) -> {
            seen.add(publish.topic());
            return answer;
        };
    }
}
