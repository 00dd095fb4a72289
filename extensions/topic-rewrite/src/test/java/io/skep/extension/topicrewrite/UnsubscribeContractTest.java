// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.sdk.Extension;
import io.skep.sdk.testkit.contract.UnsubscribeInterceptorContractTest;
import java.util.List;

/** Ends of such subscriptions. */
final class UnsubscribeContractTest extends UnsubscribeInterceptorContractTest {

    @Override
    protected String id() {
        return "topic-rewrite";
    }

    @Override
    protected String config() {
        return ContractRules.CONFIG;
    }

    @Override
    protected Extension extension() {
        return new TopicRewrite();
    }

    @Override
    protected List<String> topicFilters() {
        return ContractRules.FILTERS;
    }
}
