// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.publish.Publish;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is the same for messages that come from clients and those that go to them. */
abstract class MessageContractTest extends HookContractTest {

    /** What of a message may change. */
    protected enum Part {
        /** Its topic. */
        TOPIC,
        /** Its payload. */
        PAYLOAD,
        /** Its QoS. */
        QOS,
        /** Whether it is retained. */
        RETAIN,
        /** Everything that MQTT 5.0 calls properties. */
        PROPERTIES
    }

    /** {@return topics that the extension does something about, and some that it does not} */
    protected abstract List<String> topics();

    /** {@return what it may change} */
    protected abstract Set<Part> mayChange();

    /** {@return what may come out otherwise each time, such as a user property with the time; nothing by default} */
    protected Set<Part> mayVary() {
        return Set.of();
    }

    /** {@return what the hook makes of a message; null if that ends there} */
    abstract @Nullable Publish left(Client client, Publish publish);

    @Override
    final List<?> answers() {
        List<@Nullable Parts> answers = new ArrayList<>();
        Stream.concat(topics().stream(), Given.TOPICS.stream())
                .flatMap(topic -> Given.messages(topic).stream())
                .forEach(message -> answers.add(parts(Given.ANN, message)));
        Publish many = Given.message(topics().get(0)).withUserProperties(Given.PROPERTIES);
        Given.clients().forEach(client -> answers.add(parts(client, many)));
        return answers;
    }

    /** {@return what becomes of a message, but for what may vary; null if it ends there} */
    final @Nullable Parts parts(Client client, Publish message) {
        Publish left = left(client, message);
        if (left == null) {
            return null;
        }
        Parts before = Parts.of(message);
        Parts after = Parts.of(left);
        assertThat(after.reset(mayChange(), before)).isEqualTo(before);
        return after.reset(mayVary(), before);
    }
}
