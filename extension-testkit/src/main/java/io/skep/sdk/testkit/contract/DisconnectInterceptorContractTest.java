// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.DisconnectInterceptor;
import io.skep.sdk.packet.DisconnectRequest;
import java.util.ArrayList;
import java.util.List;

/** What the broker relies on in an extension that sees the DISCONNECT of clients. Inherit it. */
public abstract class DisconnectInterceptorContractTest extends HookContractTest {

    private static final long NEVER = 0xFFFF_FFFFL;
    private static final DisconnectRequest USUAL = new DisconnectRequest(ReasonCode.SUCCESS, null, -1, List.of());

    /** For subclasses. */
    protected DisconnectInterceptorContractTest() {}

    private DisconnectRequest intercept(Client client, DisconnectRequest request) {
        DisconnectRequest answer =
                started.context().hook(DisconnectInterceptor.class).intercept(client, request);
        assertThat(answer).as("answer").isNotNull();
        return answer;
    }

    @Override
    final void ask() {
        intercept(Given.ANN, USUAL);
    }

    @Override
    final List<?> answers() {
        List<Object> answers = new ArrayList<>();
        for (ReasonCode reason : List.of(
                ReasonCode.SUCCESS,
                ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
                ReasonCode.UNSPECIFIED_ERROR,
                ReasonCode.TOPIC_NAME_INVALID)) {
            for (long expirySeconds : List.of(-1L, 0L, 3_600L, NEVER)) {
                answers.add(intercept(Given.ANN, new DisconnectRequest(reason, "", expirySeconds, List.of())));
                answers.add(intercept(
                        Given.ANN, new DisconnectRequest(reason, Given.LONGEST, expirySeconds, Given.PROPERTIES)));
            }
        }
        Given.clients().forEach(client -> answers.add(intercept(client, USUAL)));
        return answers;
    }
}
