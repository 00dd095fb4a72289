// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.conformance.wire.Until;
import io.skep.sdk.HookOptions;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What authorizers answer: which code the client sees, and for how long it is not asked again. */
class AuthorizerAnswersTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private final AtomicInteger asked = new AtomicInteger();

    private void authorizer(Decision decision, Duration allows, Duration denies) {
        broker.hooks(hooks -> hooks.authorizer(
                (client, operation) -> {
                    asked.incrementAndGet();
                    return decision;
                },
                HookOptions.DEFAULT.withRemembered(allows, denies)));
    }

    private static int publishThrice(RawClient client) {
        int reason = 0;
        for (int i = 1; i <= 3; i++) {
            reason = client.send(publish(1, i, "asked", "x")).next5(4).reason();
        }
        return reason;
    }

    @Test
    void theReasonOfADenyReachesTheClientWhereThePacketMayCarryIt() {
        broker.hooks(hooks ->
                hooks.authorizer((client, operation) -> operation.topic().endsWith("quota")
                        ? Decision.deny(ReasonCode.QUOTA_EXCEEDED, "come back tomorrow")
                        : Decision.deny(ReasonCode.BANNED, "never")));
        RawClient client = clients.connect5("denied");

        Seen5 puback = client.send(publish(1, 1, "a/quota", "x")).next5(4);
        assertThat(puback.reason()).isEqualTo(0x97);
        assertThat(puback.property(Props.REASON_STRING)).isEqualTo("come back tomorrow");
        assertThat(client.send(publish(2, 2, "a/quota", "x")).next5(5).reason()).isEqualTo(0x97);
        assertThat(client.send(publish(1, 3, "a/other", "x")).next5(4).reason()).isEqualTo(0x87);
        assertThat(client.send(subscribe(4, "a/quota", 0)).next5(9).reasons()).containsExactly(0x97);
        assertThat(client.send(subscribe(5, "a/other", 0)).next5(9).reasons()).containsExactly(0x87);
        clients.open()
                .send(Connect5.clean("w").will(0, false, "a/quota", "x").packed())
                .expectRefusal(0x97);
        clients.open()
                .send(Connect5.clean("w").will(0, false, "a/other", "x").packed())
                .expectRefusal(0x8A);
    }

    @Test
    void aPositiveAnswerIsRememberedForTheConnection() {
        authorizer(Decision.allow(), HookOptions.CONNECTION, Duration.ZERO);
        assertThat(publishThrice(clients.connect5("allowed"))).isEqualTo(0x10);
        assertThat(asked).hasValue(1);
    }

    @Test
    void aNegativeAnswerIsNotRememberedUnlessSaidOtherwise() {
        authorizer(Decision.deny(), HookOptions.CONNECTION, Duration.ZERO);
        assertThat(publishThrice(clients.connect5("denied"))).isEqualTo(0x87);
        assertThat(asked).hasValue(3);
    }

    @Test
    void withoutMemoryEveryPacketIsAskedAbout() {
        authorizer(Decision.allow(), Duration.ZERO, Duration.ZERO);
        publishThrice(clients.connect5("each"));
        assertThat(asked).hasValue(3);
    }

    @Test
    void aNegativeAnswerIsRememberedIfTheAuthorizerSaysSo() {
        authorizer(Decision.deny(ReasonCode.QUOTA_EXCEEDED, ""), Duration.ZERO, Duration.ofMinutes(5));
        assertThat(publishThrice(clients.connect5("no"))).isEqualTo(0x97);
        assertThat(asked).hasValue(1);
    }

    @Test
    void anAnswerIsAskedForAgainWhenItsTimeIsOver() {
        authorizer(Decision.allow(), Duration.ofMillis(300), Duration.ZERO);
        RawClient client = clients.connect5("again");
        publishThrice(client);
        Until.holds(() -> {
            client.send(publish(1, 9, "asked", "x")).next5(4);
            return asked.get() >= 2;
        });
    }

    @Test
    void answersAreForgottenWhenTheAuthorizersChange() {
        authorizer(Decision.allow(), HookOptions.CONNECTION, Duration.ZERO);
        RawClient client = clients.connect5("changed");
        assertThat(publishThrice(client)).isEqualTo(0x10);
        broker.hooks(hooks -> hooks.authorizer(
                (c, operation) -> Decision.deny(ReasonCode.NOT_AUTHORIZED, ""), HookOptions.DEFAULT.withOrder(-1)));
        assertThat(publishThrice(client)).isEqualTo(0x87);
    }
}
