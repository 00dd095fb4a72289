// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the broker relies on in an extension that sees what clients publish. Inherit it, and say which topics are of
 * interest and what of a message may come out changed; everything else has to stay.
 */
public abstract class PublishInterceptorContractTest extends MessageContractTest {

    private static final Client UNKNOWN = new Client( // of a will that outlived a restart of the broker
            "ann-1", null, new InetSocketAddress("0.0.0.0", 0), ProtocolVersion.V5_0, "", List.of());

    /** For subclasses. */
    protected PublishInterceptorContractTest() {}

    private PublishInterceptor hook() {
        return started.context().hook(PublishInterceptor.class);
    }

    @Override
    final @Nullable Publish left(Client client, Publish publish) {
        PublishInterceptor hook = hook();
        if (!concerns(hook, publish.topic())) {
            return publish;
        }
        PublishAnswer answer = settled(
                hook,
                hook.intercept(client, publish),
                given -> given instanceof PublishAnswer.Later later ? later.stage() : null);
        if (answer instanceof PublishAnswer.Change change) {
            return change.publish();
        }
        return answer == PublishAnswer.pass() ? publish : null;
    }

    @Override
    final void ask() {
        hook().intercept(Given.ANN, Given.message(topics().get(0)));
    }

    @Test
    final void aWillOfWhomNothingIsKnownButTheIdIsNoFailure() {
        topics().forEach(topic -> parts(UNKNOWN, Given.will(topic)));
    }
}
