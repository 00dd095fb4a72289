// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static io.skep.broker.hook.HookFixture.CLIENT;
import static io.skep.broker.hook.HookFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.HookOptions;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecidingHooksTest {

    private static final Decision UNAVAILABLE =
            Decision.deny(ReasonCode.SERVER_UNAVAILABLE, "authentication is not available");
    private static final HookOptions NEXT = HookOptions.DEFAULT.withFallback(Fallback.NEXT);
    private static final HookOptions SOON = HookOptions.DEFAULT.withDeadline(Duration.ofMillis(20));
    private static final Operation OPERATION = new Operation(Action.PUBLISH, "t", Qos.AT_MOST_ONCE, false);

    private final HookFixture hooks = new HookFixture();

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void withoutAnAuthenticatorEverybodyMayConnect() {
        assertThat(hooks.chains.authenticates()).isFalse();
        assertThat(get(hooks.authenticate())).isEqualTo(Decision.allow());
    }

    @Test
    void whomNoAuthenticatorKnowsIsRefused() {
        hooks.install("a", a -> a.authenticator(login -> Decision.next()));

        assertThat(hooks.chains.authenticates()).isTrue();
        assertThat(get(hooks.authenticate())).isEqualTo(Decision.deny(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ""));
    }

    @Test
    void aDenyWithoutReasonGetsTheReasonOfItsKind() {
        hooks.install("a", a -> {
            a.authenticator(login -> Decision.deny());
            a.authorizer((client, operation) -> Decision.deny());
        });

        assertThat(get(hooks.authenticate())).isEqualTo(Decision.deny(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ""));
        assertThat(get(authorize())).isEqualTo(Decision.deny(ReasonCode.NOT_AUTHORIZED, ""));
    }

    @Test
    void whatNoAuthorizerMindsIsAllowed() {
        assertThat(hooks.chains.authorizes()).isFalse();
        assertThat(get(authorize())).isEqualTo(Decision.allow());

        hooks.install("a", a -> a.authorizer((client, operation) -> Decision.next()));

        assertThat(hooks.chains.authorizes()).isTrue();
        assertThat(get(authorize())).isEqualTo(Decision.allow());
    }

    @Test
    void hooksAreAskedByOrderThenByExtensionUntilOneDecides() {
        List<String> asked = new ArrayList<>();
        hooks.install("b", b -> b.authenticator(noting(asked, "b", Decision.next())));
        hooks.install("c", c -> c.authenticator(noting(asked, "c", Decision.allow())));
        hooks.install("d", d -> d.authenticator(noting(asked, "d", Decision.next())));
        hooks.install(
                "a",
                a -> a.authenticator(
                        noting(asked, "first", Decision.next()), HookOptions.DEFAULT.withOrder(Integer.MIN_VALUE)));

        assertThat(get(hooks.authenticate())).isEqualTo(Decision.allow());
        assertThat(asked).containsExactly("first", "b", "c");
    }

    @Test
    void aHookThatThrowsCountsAsItsFallback() {
        hooks.install("a", a -> a.authenticator(failing(() -> new NoClassDefFoundError("gone")), NEXT));
        hooks.install("b", b -> b.authenticator(failing(() -> new IllegalStateException("broken"))));
        hooks.install("c", c -> c.authenticator(login -> Decision.allow()));

        assertThat(get(hooks.authenticate())).isEqualTo(UNAVAILABLE);
        assertThat(hooks.failures()).isEqualTo(2);
    }

    @Test
    @SuppressWarnings("NullAway") // what a careless author may answer
    void aHookThatAnswersNullCountsAsItsFallback() {
        hooks.install("a", a -> a.authenticator(login -> null));

        assertThat(get(hooks.authenticate())).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aLaterAnswerComesBackOnTheLoopAndTheWalkGoesOn() {
        hooks.install(
                "a",
                a -> a.authenticator(
                        login -> Decision.later(CompletableFuture.supplyAsync(Decision::next, hooks.threads))));
        hooks.install(
                "b",
                b -> b.authenticator(login -> {
                    assertThat(hooks.loop.inLoop()).isTrue();
                    return Decision.allow();
                }));

        assertThat(get(hooks.authenticate())).isEqualTo(Decision.allow());
        assertThat(hooks.failures()).isZero();
    }

    @Test
    void aLaterThatIsCompletedAlreadyIsAnsweredAtOnce() {
        hooks.install(
                "a",
                a -> a.authorizer(
                        (client, operation) -> Decision.later(CompletableFuture.completedFuture(Decision.allow()))));
        AtomicBoolean answered = new AtomicBoolean();

        CompletableFuture<Boolean> atOnce = new CompletableFuture<>();
        hooks.loop.execute(() -> {
            hooks.chains.authorize(CLIENT, OPERATION, hooks.loop, decision -> answered.set(true));
            atOnce.complete(answered.get());
        });

        assertThat(get(atOnce)).isTrue();
    }

    @Test
    void aLaterMayBeAStageThatCannotBeAskedWhetherItIsDone() {
        CompletableFuture<Decision> answer = new CompletableFuture<>();
        hooks.install(
                "a", a -> a.authenticator(login -> Decision.later(CompletableFuture.completedStage(Decision.next()))));
        hooks.install("b", b -> b.authenticator(login -> Decision.later(answer.minimalCompletionStage())));

        CompletableFuture<Decision> decision = hooks.authenticate();
        answer.complete(Decision.allow());

        assertThat(get(decision)).isEqualTo(Decision.allow());
        assertThat(hooks.failures()).isZero();
    }

    @Test
    void aMissedDeadlineCountsAsTheFallbackAndTheLateAnswerIsIgnored() {
        CompletableFuture<Decision> late = new CompletableFuture<>();
        hooks.install("a", a -> a.authenticator(login -> Decision.later(late), SOON));
        hooks.install("b", b -> b.authenticator(login -> Decision.allow()));

        CompletableFuture<Decision> answer = hooks.authenticate();
        assertThat(get(answer)).isEqualTo(UNAVAILABLE);
        late.complete(Decision.allow());
        hooks.settle();

        assertThat(hooks.answers).hasValue(1);
        assertThat(hooks.failures()).isEqualTo(1);
    }

    @Test
    void aLaterThatFailsCountsAsTheFallback() {
        hooks.install(
                "a", a -> a.authenticator(login -> Decision.later(failed(new IllegalStateException("down"))), NEXT));
        hooks.install(
                "b",
                b -> b.authenticator(login -> Decision.later(CompletableFuture.supplyAsync(
                        () -> {
                            throw new IllegalStateException("down");
                        },
                        hooks.threads))));

        assertThat(get(hooks.authenticate())).isEqualTo(UNAVAILABLE);
        assertThat(hooks.failures()).isEqualTo(2);
    }

    @Test
    void aLaterThatCompletesWithALaterIsAFailure() {
        Decision never = Decision.later(new CompletableFuture<Decision>());
        hooks.install(
                "a",
                a -> a.authenticator(
                        login -> Decision.later(CompletableFuture.supplyAsync(() -> never, hooks.threads))));

        assertThat(get(hooks.authenticate())).isEqualTo(UNAVAILABLE);
    }

    @Test
    void beyondItsBoundOfUnansweredCallsAnExtensionFailsAtOnce() {
        CompletableFuture<Decision> release = new CompletableFuture<>();
        hooks.install("a", a -> a.authenticator(login -> Decision.later(release)));

        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < HookFixture.IN_FLIGHT_MAX; i++) {
            waiting.add(hooks.authenticate());
        }
        assertThat(get(hooks.authenticate())).isEqualTo(UNAVAILABLE);
        release.complete(Decision.allow());

        assertThat(waiting).allSatisfy(answer -> assertThat(get(answer)).isEqualTo(Decision.allow()));
        assertThat(get(hooks.authenticate())).isEqualTo(Decision.allow());
    }

    @Test
    void aMissedDeadlineFreesItsPlaceAmongTheUnanswered() {
        hooks.install("a", a -> a.authenticator(login -> Decision.later(new CompletableFuture<Decision>()), SOON));

        for (int i = 0; i < 2 * HookFixture.IN_FLIGHT_MAX; i++) {
            assertThat(get(hooks.authenticate())).isEqualTo(UNAVAILABLE);
        }
        CompletableFuture<Decision> first = hooks.authenticate();
        CompletableFuture<Decision> second = hooks.authenticate();
        assertThat(get(first)).isEqualTo(UNAVAILABLE);
        assertThat(get(second)).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aWalkEndsOnTheChainThatItBeganWith() {
        CompletableFuture<Decision> release = new CompletableFuture<>();
        ExtensionHooks old = hooks.extension("a");
        old.authenticator(login -> Decision.later(release));
        old.authenticator(login -> Decision.deny(ReasonCode.BANNED, "old"));
        hooks.chains.add(old);

        CompletableFuture<Decision> begun = hooks.authenticate();
        hooks.settle(); // the walk rests now
        ExtensionHooks fresh = hooks.extension("a");
        fresh.authenticator(login -> Decision.allow());
        hooks.chains.replace(List.of(old), List.of(fresh));
        CompletableFuture<Decision> later = hooks.authenticate();

        assertThat(get(later)).isEqualTo(Decision.allow());
        release.complete(Decision.next());
        assertThat(get(begun)).isEqualTo(Decision.deny(ReasonCode.BANNED, "old"));
    }

    @Test
    void aReplacementIsSeenAsAWholeByEveryCall() {
        List<Integer> versions = new ArrayList<>(); // touched by the loop only
        ExtensionHooks[] current = {version(versions, 0)};
        hooks.chains.add(current[0]);

        for (int i = 1; i <= 200; i++) {
            CompletableFuture<Decision> answer = authorize();
            ExtensionHooks fresh = version(versions, i);
            hooks.chains.replace(List.of(current[0]), List.of(fresh));
            current[0] = fresh;
            assertThat(get(answer)).isEqualTo(Decision.allow());
        }

        assertThat(versions).hasSize(400);
        for (int i = 0; i < versions.size(); i += 2) {
            assertThat(versions.get(i)).isEqualTo(versions.get(i + 1));
        }
    }

    @Test
    void aRemovedExtensionIsAskedNoMore() {
        ExtensionHooks gone = hooks.extension("a");
        gone.authenticator(login -> Decision.deny());
        hooks.chains.add(gone);

        hooks.chains.remove(gone);

        assertThat(hooks.chains.authenticates()).isFalse();
    }

    @Test
    void hooksAreClosedOnceTheyAreInTheChains() {
        ExtensionHooks closed = hooks.extension("a");
        hooks.chains.add(closed);

        assertThatThrownBy(() -> closed.authenticator(login -> Decision.allow()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("hooks: closed (expected: registered before start returns)");
    }

    private ExtensionHooks version(List<Integer> versions, int version) {
        ExtensionHooks both = hooks.extension("a");
        for (int i = 0; i < 2; i++) {
            both.authorizer((client, operation) -> {
                versions.add(version);
                return Decision.next();
            });
        }
        return both;
    }

    private CompletableFuture<Decision> authorize() {
        CompletableFuture<Decision> answer = new CompletableFuture<>();
        hooks.loop.execute(() -> hooks.chains.authorize(CLIENT, OPERATION, hooks.loop, answer::complete));
        return answer;
    }

    private static CompletableFuture<Decision> failed(Throwable cause) {
        return CompletableFuture.failedFuture(cause);
    }

    private static Authenticator noting(List<String> asked, String name, Decision decision) {
        return login -> {
            asked.add(name);
            return decision;
        };
    }

    private static Authenticator failing(Supplier<? extends Throwable> failure) {
        return login -> {
            DecidingHooksTest.<RuntimeException>throwAny(failure.get());
            return Decision.allow();
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void throwAny(Throwable failure) throws T {
        throw (T) failure;
    }
}
