// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Client;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.UnsubscribeInterceptor;
import io.skep.sdk.packet.UnsubscribeRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * What the broker relies on in an extension that sees what clients unsubscribe from. Inherit it, and say which topic
 * filters are of interest.
 */
public abstract class UnsubscribeInterceptorContractTest extends HookContractTest {

    /** For subclasses. */
    protected UnsubscribeInterceptorContractTest() {}

    /** {@return topic filters that the extension does something about, and some that it does not} */
    protected abstract List<String> topicFilters();

    private UnsubscribeInterceptor hook() {
        return started.context().hook(UnsubscribeInterceptor.class);
    }

    static Interception<UnsubscribeRequest> intercept(
            ContractTest contract, UnsubscribeInterceptor hook, UnsubscribeRequest request) {
        return intercept(contract, hook, Given.ANN, request);
    }

    private static Interception<UnsubscribeRequest> intercept(
            ContractTest contract, UnsubscribeInterceptor hook, Client client, UnsubscribeRequest request) {
        return contract.concerns(hook, request.matchedFilter())
                ? contract.settled(
                        hook,
                        hook.intercept(client, request),
                        given -> given instanceof Interception.Later<UnsubscribeRequest> later ? later.stage() : null)
                : Interception.pass();
    }

    @Override
    final void ask() {
        hook().intercept(Given.ANN, new UnsubscribeRequest(topicFilters().get(0), List.of()));
    }

    @Override
    final List<?> answers() {
        List<Object> answers = new ArrayList<>();
        Given.filters(topicFilters()).stream()
                .map(filter -> new UnsubscribeRequest(filter, List.of()))
                .forEach(request -> answers.add(intercept(this, hook(), request)));
        UnsubscribeRequest full = new UnsubscribeRequest(topicFilters().get(0), Given.PROPERTIES);
        Given.clients().forEach(client -> answers.add(intercept(this, hook(), client, full)));
        return answers;
    }
}
