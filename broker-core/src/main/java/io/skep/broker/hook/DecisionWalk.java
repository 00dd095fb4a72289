// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A walk that ends with the first allow or deny. */
abstract class DecisionWalk<H> extends Walk<H, Decision> {

    private final Decision denied;

    /**
     * A walk along a chain.
     *
     * @param reason what a deny without a reason means
     */
    DecisionWalk(List<Hook<H>> chain, ReasonCode reason, Loop loop, Consumer<? super Decision> done) {
        super(chain, loop, done);
        this.denied = Decision.deny(reason, "");
    }

    @Override
    final @Nullable CompletionStage<? extends Decision> stage(Decision answer) {
        return answer instanceof Decision.Later later ? later.stage() : null;
    }

    @Override
    final @Nullable Decision result(Decision answer) {
        if (answer instanceof Decision.Next) {
            return null;
        }
        return answer.equals(Decision.deny()) ? denied : answer;
    }

    @Override
    final Decision passed() {
        return Decision.next();
    }

    final Decision deniedWithoutReason() {
        return denied;
    }
}
