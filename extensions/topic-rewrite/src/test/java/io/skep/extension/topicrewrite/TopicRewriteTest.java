// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.publish.DeliveryInterceptor;
import io.skep.sdk.publish.PublishInterceptor;
import io.skep.sdk.testkit.BareContext;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The extension in a broker, over raw sockets. */
class TopicRewriteTest {

    private static final int TOPIC_NAME_INVALID = 0x90;
    private static final int TOPIC_FILTER_INVALID = 0x8F;
    private static final int NOT_AUTHORIZED = 0x87;
    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;

    @RegisterExtension
    static final BrokerExtension broker =
            BrokerExtension.create().config("topic-rewrite", """
            rules:
              - from: old/+/data/#
                to: new/$1/$2
              - from: old/#
                to: rest/$1
              - from: device/+
                to: tenant/%u/%c/$1
                restore: true
              - from: in/+
                to: out/$1
                actions: [publish]
              - from: swap/+/+/#
                to: swapped/$2/$1/$3
                restore: true
              - from: glued/+
                to: line-$1/x
              - from: gone/#
                to: $1
            """).extension("topic-rewrite", new TopicRewrite());

    private static Connection connect(String clientId) throws IOException {
        return new Connection(broker.port(), clientId, "ann");
    }

    @ParameterizedTest
    @CsvSource({
        "old/a/data/x, new/a/x",
        "old/a/data/x/y, new/a/x/y",
        "old/a/data, new/a",
        "old/a/data/, new/a/",
        "old/a, rest/a",
        "older/a, older/a",
        "in/a, out/a",
        "new/a/x, new/a/x"
    })
    void aMessageIsPublishedToWhatTheFirstRuleMakesOfItsTopic(String named, String topic) throws IOException {
        try (Connection all = connect("all");
                Connection publisher = connect("p")) {
            all.subscribe("#");
            assertThat(publisher.publish(named, "m")).isZero();
            assertThat(all.next()).isEqualTo(topic + " m");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "old/+/data/#, new/a/x",
        "old/a/data/+, new/a/x",
        "old/a/data/+/y, new/a/x/y",
        "$share/g/old/a/data/#, new/a/x",
        "old/+, rest/b",
        "in/+, in/a"
    })
    void aSubscriptionIsToWhatTheFirstRuleMakesOfItAndSoIsItsEnd(String named, String topic) throws IOException {
        try (Connection subscriber = connect("s");
                Connection publisher = connect("p")) {
            assertThat(subscriber.subscribe(named)).isEqualTo(1);
            // under its new name, for rules hold for publishers, too
            String published = topic.equals("in/a") ? "new/none" : topic;
            publisher.publish(published, "m");
            if (published.equals(topic)) {
                assertThat(subscriber.next()).isEqualTo(topic + " m");
            }
            assertThat(subscriber.unsubscribe(named)).isZero();
            assertThat(subscriber.unsubscribe(named)).isEqualTo(NO_SUBSCRIPTION_EXISTED);
        }
    }

    @Test
    void aFilterThatMatchesMoreThanARuleStaysAsItIs() throws IOException {
        try (Connection subscriber = connect("s");
                Connection publisher = connect("p")) {
            subscriber.subscribe("+/a/data/#");
            publisher.publish("old/a/data/x", "renamed");
            publisher.publish("other/a/data/x", "kept");
            assertThat(subscriber.next()).isEqualTo("other/a/data/x kept");
        }
    }

    @Test
    void aClientSeesTheNamesThatItKnowsIfARuleSaysSo() throws IOException {
        try (Connection device = connect("lamp");
                Connection other = connect("tv");
                Connection all = connect("all")) {
            device.subscribe("device/+");
            other.subscribe("device/+");
            all.subscribe("tenant/#");
            device.publish("device/state", "on");
            assertThat(device.next()).isEqualTo("device/state on");
            assertThat(all.next()).isEqualTo("tenant/ann/lamp/state on");
            other.publish("device/state", "off");
            assertThat(other.next()).isEqualTo("device/state off");
        }
    }

    @ParameterizedTest
    @CsvSource({"swap/a/b/c/d", "swap/a/b", "swap/a/b/"})
    void whatARuleHasSwappedIsSwappedBack(String topic) throws IOException {
        try (Connection client = connect("c")) {
            client.subscribe("swap/#");
            client.subscribe("swap/+/+/#");
            client.publish(topic, "m");
            assertThat(client.next()).isEqualTo(topic + " m");
        }
    }

    @Test
    void aWillHasItsNewNameWhenItIsAuthorizedAndGetsNoOtherWhenItIsPublished() throws IOException {
        broker.hooks(hooks -> hooks.authorizer(
                (client, operation) -> operation.topic().startsWith("new/") || operation.action() == Action.SUBSCRIBE
                        ? Decision.allow()
                        : Decision.deny()));
        try (Connection watcher = connect("watcher");
                Connection refused = new Connection(broker.port(), "r", "ann", "old/x")) {
            watcher.subscribe("#");
            assertThat(refused.accepted()).isEqualTo(NOT_AUTHORIZED);
            try (Connection owner = new Connection(broker.port(), "w", "ann", "old/a/data/x")) {
                assertThat(owner.accepted()).isZero();
            }
            assertThat(watcher.next()).isEqualTo("new/a/x will");
        }
    }

    @Test
    void aNameThatWouldReachIntoTopicsOfOthersIsRefused() throws IOException {
        try (Connection sly = connect("lamp/#");
                Connection nobody = new Connection(broker.port(), "n", null)) {
            assertThat(sly.publish("device/state", "m")).isEqualTo(TOPIC_NAME_INVALID);
            assertThat(sly.subscribe("device/+")).isEqualTo(TOPIC_FILTER_INVALID);
            assertThat(nobody.publish("device/state", "m")).isEqualTo(TOPIC_NAME_INVALID);
        }
    }

    @Test
    void whatWouldNotBeATopicOrFilterIsRefused() throws IOException {
        try (Connection client = connect("c")) {
            assertThat(client.publish("gone", "m")).isEqualTo(TOPIC_NAME_INVALID);
            assertThat(client.subscribe("glued/+")).isEqualTo(TOPIC_FILTER_INVALID);
            assertThat(client.unsubscribe("glued/+")).isEqualTo(TOPIC_FILTER_INVALID);
            assertThat(client.subscribe("gone/$share/g/t")).isEqualTo(TOPIC_FILTER_INVALID);
            assertThat(client.subscribe("glued/a")).isEqualTo(1);
        }
    }

    @Test
    void otherRulesAreUsedAtOnceAndWrongOnesNotAtAll() throws IOException {
        try (Connection client = connect("c")) {
            client.subscribe("now/#");
            broker.config("topic-rewrite", "rules: [{from: old/#, to: now/$1}]");
            client.publish("old/x", "first");
            assertThat(client.next()).isEqualTo("now/x first");
            assertThatThrownBy(() -> broker.config("topic-rewrite", "rules: [{from: old/#, to: then/$2}]"))
                    .hasMessageContaining("to: $2 (expected: one of the wildcards of from");
            client.publish("old/x", "second");
            assertThat(client.next()).isEqualTo("now/x second");
        }
    }

    @Test
    void deliveriesAreLookedAtOnlyIfARuleRestores(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("topic-rewrite.yaml");
        Files.writeString(file, "rules: [{from: a/+, to: b/$1}]");
        try (BareContext context = new BareContext("topic-rewrite", folder)) {
            new TopicRewrite().start(context);
            assertThat(context.hooks(PublishInterceptor.class)).hasSize(1);
            assertThat(context.hooks(DeliveryInterceptor.class)).isEmpty();
            Files.writeString(file, "rules: [{from: a/+, to: b/$1, restore: true}]");
            assertThatThrownBy(context::configChanged)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("skep extensions reload topic-rewrite");
        }
        try (BareContext context = new BareContext("topic-rewrite", folder)) {
            new TopicRewrite().start(context);
            assertThat(context.hooks(DeliveryInterceptor.class)).hasSize(1);
        }
    }
}
