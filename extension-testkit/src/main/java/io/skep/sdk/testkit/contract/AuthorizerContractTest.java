// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the broker relies on in an extension that is asked about operations. Inherit it, and say what is what. */
public abstract class AuthorizerContractTest extends HookContractTest {

    /** For subclasses. */
    protected AuthorizerContractTest() {}

    /** {@return who asks; {@link #client} makes one} */
    protected abstract Client client();

    /** {@return what it has to allow, or leave to the next} */
    protected abstract Operation allowed();

    /** {@return what it has to deny} */
    protected abstract Operation denied();

    /**
     * {@return an MQTT 5.0 client on this machine}
     *
     * @param id its id
     * @param userName null for none
     */
    protected static Client client(String id, @Nullable String userName) {
        return Given.client(id, userName);
    }

    private Decision ask(Client client, Operation operation) {
        Authorizer authorizer = started.context().hook(Authorizer.class);
        return settled(
                authorizer,
                authorizer.authorize(client, operation),
                given -> given instanceof Decision.Later later ? later.stage() : null);
    }

    @Override
    final void ask() {
        started.context().hook(Authorizer.class).authorize(client(), allowed());
    }

    @Override
    final List<?> answers() {
        return Stream.of(allowed(), denied(), allowed())
                .map(operation -> ask(client(), operation) instanceof Decision.Deny ? "denied" : "not denied")
                .toList();
    }

    @Test
    final void whatIsAllowedIsNotDenied() {
        assertThat(ask(client(), allowed())).isNotInstanceOf(Decision.Deny.class);
    }

    @Test
    final void whatIsDeniedIsDenied() {
        assertThat(ask(client(), denied())).isInstanceOf(Decision.Deny.class);
    }

    @Test
    final void anyOperationOfAnyoneIsAnswered() {
        List<Client> clients = new ArrayList<>(Given.clients());
        clients.add(client());
        for (Client client : clients) {
            for (Qos qos : Qos.values()) {
                Given.TOPICS.forEach(topic -> ask(client, new Operation(Action.PUBLISH, topic, qos, true)));
                Given.FILTERS.forEach(filter -> ask(client, new Operation(Action.SUBSCRIBE, filter, qos, false)));
            }
        }
    }
}
