// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.DeliveryInterceptor;
import io.skep.sdk.publish.Publish;
import org.jspecify.annotations.Nullable;

/**
 * What the broker relies on in an extension that sees what clients are sent. Inherit it, and say which topics are of
 * interest and what of a message may come out changed; everything else has to stay.
 */
public abstract class DeliveryInterceptorContractTest extends MessageContractTest {

    /** For subclasses. */
    protected DeliveryInterceptorContractTest() {}

    private DeliveryInterceptor hook() {
        return started.context().hook(DeliveryInterceptor.class);
    }

    @Override
    final @Nullable Publish left(Client client, Publish publish) {
        DeliveryInterceptor hook = hook();
        if (!concerns(hook, publish.topic())) {
            return publish;
        }
        DeliveryAnswer answer = hook.intercept(client, publish);
        assertThat(answer).as("answer").isNotNull();
        if (answer instanceof DeliveryAnswer.Change change) {
            return change.publish();
        }
        return answer == DeliveryAnswer.drop() ? null : publish;
    }

    @Override
    final void ask() {
        hook().intercept(Given.ANN, Given.message(topics().get(0)));
    }
}
