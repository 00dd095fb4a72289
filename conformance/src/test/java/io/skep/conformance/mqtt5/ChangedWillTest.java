// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Until;
import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A will that an interceptor changes may go where its client might publish, and nowhere else. */
class ChangedWillTest {

    private static final Permission TOPICS =
            new Permission(Effect.ALLOW, Set.of(Action.PUBLISH, Action.SUBSCRIBE), "may/#", Qos.AT_LEAST_ONCE, false);
    private static final BlockingQueue<Operation> ASKED = new LinkedBlockingQueue<>();

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().hooks(hooks -> {
        hooks.authenticator(login ->
                login.client().id().equals("watcher") ? Decision.allow() : Decision.allow(Permissions.of(TOPICS)));
        hooks.authorizer(ChangedWillTest::authorize);
        hooks.publishInterceptor(ChangedWillTest::intercept);
    });

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Decision authorize(Client client, Operation operation) {
        ASKED.add(operation);
        if (operation.topic().equals("may/later")) {
            return Decision.later(CompletableFuture.supplyAsync(
                    Decision::allow, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)));
        }
        return operation.topic().equals("may/secret") ? Decision.deny() : Decision.next();
    }

    /** The content type of a will says what becomes of it. */
    private static PublishAnswer intercept(Client client, Publish publish) {
        String to = publish.contentType();
        if (!publish.isWill() || to == null) {
            return PublishAnswer.pass();
        }
        return PublishAnswer.change(
                switch (to) {
                    case "QoS 2" -> publish.withQos(Qos.EXACTLY_ONCE);
                    case "retained" -> publish.withRetain(true);
                    default -> publish.withTopic(to);
                });
    }

    private RawClient watcher() {
        return clients.connect5("watcher").subscribe5("#", 0).subscribe5("$SYS/#", 0);
    }

    private static Connect5 withWill(String to, byte[]... properties) {
        return Connect5.clean("owner").will(1, false, "may/will", to, properties);
    }

    private static byte[] changedTo(String to) {
        return Props.text(Props.CONTENT_TYPE, to);
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "may/secret", "$SYS/broker/version", "QoS 2", "retained"})
    void aWillThatItsClientMightNotPublishIsDroppedAndCounted(String to) {
        RawClient watcher = watcher();
        clients.connect(withWill(to, changedTo(to))).drop();

        Until.holds(() -> broker.metrics().get(Metric.DROPPED_NOT_AUTHORIZED) == 1);
        watcher.expectSilence();
    }

    @ParameterizedTest
    @CsvSource({"may/else,may/else", "may/later,may/later", "may/will,may/will"})
    void aWillThatItsClientMightPublishIsPublished(String to, String topic) {
        RawClient watcher = watcher();
        clients.connect(withWill(to, changedTo(to))).drop();

        assertThat(watcher.nextPublish5().topic()).isEqualTo(topic);
        assertThat(broker.metrics().get(Metric.DROPPED_NOT_AUTHORIZED)).isZero();
    }

    @Test
    void whatIsNotChangedIsNotAskedAboutAgain() {
        RawClient watcher = watcher();
        ASKED.clear();
        clients.connect(withWill("same")).drop();

        assertThat(watcher.nextPublish5().payload()).isEqualTo("same");
        assertThat(ASKED).containsExactly(new Operation(Action.PUBLISH, "may/will", Qos.AT_LEAST_ONCE, false));
    }

    @Test
    void whatAClientMightPublishIsNotKnownAfterARestartSoItsWillGoesWhereItWasAllowedToOrNowhere() {
        for (String to : List.of("may/will", "may/else")) {
            clients.connect(Connect5.persistent("of " + to)
                            .will(1, false, "may/will", to, changedTo(to), Props.four(Props.WILL_DELAY_INTERVAL, 3)))
                    .drop();
        }
        clients.connect(Connect5.persistent("watcher")).subscribe5("#", 1).disconnect();
        broker.restart();

        RawClient watcher = clients.connect(Connect5.persistent("watcher"));
        assertThat(watcher.nextPublish5().payload()).isEqualTo("may/will");
        Until.holds(() -> broker.metrics().get(Metric.DROPPED_NOT_AUTHORIZED) == 1);
        watcher.expectSilence();
    }
}
