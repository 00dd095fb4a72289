// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Publish interceptors see wills when they are published. */
class WillInterceptorTest {

    @RegisterExtension
    final BrokerExtension broker =
            BrokerExtension.create().hooks(hooks -> hooks.publishInterceptor(WillInterceptorTest::intercept));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static final BlockingQueue<Client> OWNERS = new LinkedBlockingQueue<>();

    private static PublishAnswer intercept(Client client, Publish publish) {
        if (!publish.isWill()) {
            return PublishAnswer.pass();
        }
        OWNERS.add(client);
        PublishAnswer changed = PublishAnswer.change(
                publish.withPayload(UTF_8.encode("of " + client.id())).withTopic("wills/changed"));
        return switch (publish.topic()) {
            case "wills/drop" -> PublishAnswer.drop();
            case "wills/kept" -> PublishAnswer.change(publish.withPayload(UTF_8.encode("of " + client.id())));
            case "wills/deny" -> PublishAnswer.deny(ReasonCode.NOT_AUTHORIZED);
            case "wills/later" ->
                PublishAnswer.later(CompletableFuture.supplyAsync(
                        () -> changed, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)));
            default -> changed;
        };
    }

    private static Connect5 withWill(Connect5 connect, String topic) {
        return connect.will(1, false, topic, "will").user("ann", "x");
    }

    @Test
    void aWillIsChangedOrDroppedWhenItIsPublished() throws InterruptedException {
        OWNERS.clear();
        RawClient watcher = clients.connect5("watcher").subscribe5("wills/#", 1);
        for (String topic : new String[] {"drop", "deny", "later", "now"}) {
            clients.connect(withWill(Connect5.clean(topic), "wills/" + topic)).drop();
            Client owner = OWNERS.poll(30, TimeUnit.SECONDS);
            assertThat(owner).isNotNull();
            assertThat(owner.id()).isEqualTo(topic);
            assertThat(owner.userName()).isEqualTo("ann");
            assertThat(owner.listener()).isEqualTo("tcp");
            if (topic.equals("later") || topic.equals("now")) {
                assertThat(watcher.nextPublish5().payload()).isEqualTo("of " + topic);
            }
        }
        watcher.expectSilence();
        assertThat(OWNERS).isEmpty();
    }

    @Test
    void aWillThatOutlivesARestartIsShownWithTheClientIdAloneAndADroppedOneIsGone() throws InterruptedException {
        for (String topic : new String[] {"drop", "kept"}) {
            Connect5 connect = Connect5.persistent("r-" + topic)
                    .will(1, false, "wills/" + topic, "will", Props.four(Props.WILL_DELAY_INTERVAL, 3))
                    .user("ann", "x");
            clients.connect(connect).drop();
        }
        clients.connect(Connect5.persistent("watcher")).subscribe5("wills/#", 1).disconnect();
        OWNERS.clear();
        broker.restart();
        assertThat(OWNERS.poll(30, TimeUnit.SECONDS)).isNotNull().satisfies(owner -> {
            assertThat(owner.id()).startsWith("r-");
            assertThat(owner.userName()).isNull();
        });
        assertThat(OWNERS.poll(30, TimeUnit.SECONDS)).isNotNull();
        RawClient watcher = clients.connect(Connect5.persistent("watcher"));
        Seen5 will = watcher.nextPublish5();
        assertThat(will.payload()).isEqualTo("of r-kept");
        watcher.send(puback(will.id())).expectSilence();
        broker.restart();
        clients.connect(Connect5.persistent("watcher")).expectSilence();
        assertThat(OWNERS).isEmpty();
    }
}
