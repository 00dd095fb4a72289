// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows a publish to the interceptors, to each as the one before left it. */
final class InterceptorWalk extends Walk<PublishInterceptor, PublishAnswer> {

    private final Client client;
    private Publish publish;
    private PublishAnswer outcome = PublishAnswer.pass();

    InterceptorWalk(
            List<Hook<PublishInterceptor>> chain,
            Client client,
            Publish publish,
            Loop loop,
            Consumer<? super PublishAnswer> done) {
        super(chain, loop, done);
        this.client = client;
        this.publish = publish;
    }

    @Override
    @Nullable PublishAnswer ask(Hook<PublishInterceptor> hook) {
        return hook.isFor(publish.topic()) ? hook.call().intercept(client, publish) : PublishAnswer.pass();
    }

    @Override
    @Nullable CompletionStage<? extends PublishAnswer> stage(PublishAnswer answer) {
        return answer instanceof PublishAnswer.Later later ? later.stage() : null;
    }

    @Override
    @Nullable PublishAnswer result(PublishAnswer answer) {
        if (answer instanceof PublishAnswer.Change change) {
            publish = change.publish();
            outcome = change;
            return null;
        }
        return answer == PublishAnswer.pass() ? null : answer;
    }

    @Override
    PublishAnswer resultAtEnd() {
        return outcome;
    }

    @Override
    PublishAnswer denied() {
        return PublishAnswer.deny(ReasonCode.UNSPECIFIED_ERROR);
    }

    @Override
    PublishAnswer passed() {
        return PublishAnswer.pass();
    }
}
