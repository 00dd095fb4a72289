// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.SubscribeInterceptor;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.SubscribeRequest.Options;
import io.skep.sdk.packet.SubscribeRequest.RetainHandling;
import io.skep.sdk.packet.UnsubscribeInterceptor;
import io.skep.sdk.packet.UnsubscribeRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the broker and its clients rely on in an extension that sees what they subscribe to. Inherit it, and say which
 * topic filters are of interest.
 */
public abstract class SubscribeInterceptorContractTest extends HookContractTest {

    private static final int ID_MAX = 268_435_455;

    /** For subclasses. */
    protected SubscribeInterceptorContractTest() {}

    /** {@return topic filters that the extension does something about, and some that it does not} */
    protected abstract List<String> topicFilters();

    private SubscribeInterceptor hook() {
        return started.context().hook(SubscribeInterceptor.class);
    }

    private static SubscribeRequest plain(String filter) {
        Options options = new Options(Qos.AT_MOST_ONCE, false, false, RetainHandling.SEND);
        return new SubscribeRequest(filter, options, 0, List.of());
    }

    private static SubscribeRequest full(String filter) {
        boolean shared = filter.startsWith("$share/");
        Options options = new Options(Qos.EXACTLY_ONCE, !shared, true, RetainHandling.DO_NOT_SEND);
        return new SubscribeRequest(filter, options, ID_MAX, Given.PROPERTIES);
    }

    private Interception<SubscribeRequest> intercept(Client client, SubscribeRequest request) {
        SubscribeInterceptor hook = hook();
        return concerns(hook, request.matchedFilter())
                ? settled(
                        hook,
                        hook.intercept(client, request),
                        given -> given instanceof Interception.Later<SubscribeRequest> later ? later.stage() : null)
                : Interception.pass();
    }

    @Override
    final void ask() {
        hook().intercept(Given.ANN, plain(topicFilters().get(0)));
    }

    @Override
    final List<?> answers() {
        List<Object> answers = new ArrayList<>();
        Given.filters(topicFilters()).forEach(filter -> {
            answers.add(intercept(Given.ANN, plain(filter)));
            answers.add(intercept(Given.ANN, full(filter)));
        });
        Given.clients()
                .forEach(client ->
                        answers.add(intercept(client, plain(topicFilters().get(0)))));
        return answers;
    }

    @Test
    final void whatIsSubscribedUnderAnotherFilterCanBeUnsubscribed() {
        for (String filter : topicFilters()) {
            if (intercept(Given.ANN, plain(filter)) instanceof Interception.Change<SubscribeRequest> change) {
                UnsubscribeRequest request = new UnsubscribeRequest(filter, List.of());
                for (UnsubscribeInterceptor hook : started.context().hooks(UnsubscribeInterceptor.class)) {
                    request = UnsubscribeInterceptorContractTest.intercept(this, hook, request)
                                    instanceof Interception.Change<UnsubscribeRequest> other
                            ? other.request()
                            : request;
                }
                assertThat(request.topicFilter())
                        .as("what an UNSUBSCRIBE of '" + filter + "' means, beside its SUBSCRIBE")
                        .isEqualTo(change.request().topicFilter());
            }
        }
    }
}
