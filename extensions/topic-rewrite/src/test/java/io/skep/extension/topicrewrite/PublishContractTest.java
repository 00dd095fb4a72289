// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.sdk.Extension;
import io.skep.sdk.testkit.contract.PublishInterceptorContractTest;
import java.util.List;
import java.util.Set;

/** Of a message the topic may become another one, and nothing else. */
final class PublishContractTest extends PublishInterceptorContractTest {

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
    protected List<String> topics() {
        return List.of("old/a/data/b", "own/mood", "elsewhere");
    }

    @Override
    protected Set<Part> mayChange() {
        return Set.of(Part.TOPIC);
    }
}
