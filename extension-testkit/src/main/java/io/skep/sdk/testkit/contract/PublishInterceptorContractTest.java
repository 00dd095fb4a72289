// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.PublishView;
import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.TopicFilter;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import io.skep.sdk.testkit.BareContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the broker relies on in an extension that sees what clients publish. Inherit it, and say which topics are of
 * interest and what of a message may come out changed; everything else has to stay.
 */
public abstract class PublishInterceptorContractTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 50;
    private static final Client ANN = Started.client("ann-1", "ann");
    private static final Client UNKNOWN = new Client( // of a will that outlived a restart of the broker
            "ann-1", null, new InetSocketAddress("0.0.0.0", 0), ProtocolVersion.V5_0, "", List.of());

    private Started started;

    /** For subclasses. */
    protected PublishInterceptorContractTest() {}

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

    /** {@return the id of the extension} */
    protected abstract String id();

    /** {@return the content of its configuration file} */
    protected abstract String config();

    /** {@return a new one, which is then started} */
    protected abstract Extension extension();

    /** {@return topics that the extension does something about, and some that it does not} */
    protected abstract List<String> topics();

    /** {@return what it may change} */
    protected abstract Set<Part> mayChange();

    /**
     * {@return the context that the extension is started with; one with services, if it uses any}
     *
     * @param configFolder where the configuration is
     */
    protected BareContext context(Path configFolder) {
        return new BareContext(id(), configFolder);
    }

    @BeforeEach
    final void start(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(id() + ".yaml"), config());
        started = Started.of(extension(), context(folder));
    }

    @AfterEach
    final void stop() throws Exception {
        started.stop();
    }

    /** Messages of all shapes to all topics. */
    private List<Publish> messages() {
        List<Publish> messages = new ArrayList<>();
        for (String topic : topics()) {
            Publish plain = PublishView.of(new Message(new byte[] {'t'}, new byte[0], null, 0, false, 0))
                    .withTopic(topic);
            messages.add(plain);
            messages.add(plain.withPayload(ByteBuffer.wrap("text ä".getBytes(StandardCharsets.UTF_8)))
                    .withQos(Qos.AT_LEAST_ONCE)
                    .withPayloadIsText(true)
                    .withUserProperties(List.of(new UserProperty("a", "1"), new UserProperty("a", "2"))));
            messages.add(plain.withPayload(ByteBuffer.wrap(new byte[] {0, (byte) 0xC3, 0x28, -1}))
                    .withQos(Qos.EXACTLY_ONCE)
                    .withRetain(true)
                    .withContentType("x/y")
                    .withResponse("answer/here", ByteBuffer.wrap(new byte[] {1, 2}))
                    .withExpirySeconds(60));
        }
        return messages;
    }

    private PublishAnswer ask(Client client, Publish publish) {
        PublishInterceptor interceptor = started.context().hook(PublishInterceptor.class);
        String filter = started.context().options(interceptor).topicFilter();
        if (!filter.equals("#") && !TopicFilter.of(filter).matches(publish.topic())) {
            return PublishAnswer.pass(); // as the broker does, which does not ask about it
        }
        PublishAnswer answer = interceptor.intercept(client, publish);
        return answer instanceof PublishAnswer.Later later
                ? Started.settled(
                        later.stage(), started.context().options(interceptor).deadline())
                : answer;
    }

    /** {@return what becomes of it; null if it is not published} */
    private @Nullable Publish published(Client client, Publish publish) {
        PublishAnswer answer = ask(client, publish);
        assertThat(answer).as("answer about " + publish.topic()).isNotNull();
        if (answer instanceof PublishAnswer.Change change) {
            return change.publish();
        }
        return answer == PublishAnswer.pass() ? publish : null;
    }

    @Test
    final void everyMessageIsAnsweredAndOnlyChangesWhereItMay() {
        for (Publish message : messages()) {
            Publish after = published(ANN, message);
            if (after != null) {
                Parts before = Parts.of(message);
                assertThat(Parts.of(after).reset(mayChange(), before)).isEqualTo(before);
            }
        }
    }

    @Test
    final void aMessageOfWhomNothingIsKnownButTheIdIsNoFailure() {
        messages().forEach(message -> published(UNKNOWN, message));
    }

    @Test
    final void messagesOfManyThreadsAreAnsweredAsOneByOne() throws Exception {
        List<Publish> messages = messages();
        List<@Nullable Parts> alone = outcomes(messages);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<List<@Nullable Parts>>> together = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                together.add(threads.submit(() -> outcomes(messages())));
            }
            for (Future<List<@Nullable Parts>> outcomes : together) {
                assertThat(outcomes.get()).isEqualTo(alone);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private List<@Nullable Parts> outcomes(List<Publish> messages) {
        List<@Nullable Parts> outcomes = new ArrayList<>();
        for (Publish message : messages) {
            Publish after = published(ANN, message);
            outcomes.add(after == null ? null : Parts.of(after).reset(mayVary(), Parts.of(message)));
        }
        return outcomes;
    }

    /** {@return what may come out otherwise each time, such as a user property with the time; nothing by default} */
    protected Set<Part> mayVary() {
        return Set.of();
    }

    @Test
    final void theThreadThatAsksIsNotKept() {
        PublishInterceptor interceptor = started.context().hook(PublishInterceptor.class);
        Publish message = messages().get(0);
        Promptness.check(() -> interceptor.intercept(ANN, message));
    }

    @Test
    final void itCanBeStoppedAndStartedAnew() throws Exception {
        List<@Nullable Parts> before = outcomes(messages());
        started.stop();
        started = Started.of(extension(), context(started.context().configFolder()));
        assertThat(outcomes(messages())).isEqualTo(before);
    }
}
