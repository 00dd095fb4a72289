// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.extension.topicrewrite.TopicRewriteConfig.Rule;
import io.skep.sdk.Client;
import io.skep.sdk.auth.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one state of the configuration. The first that matches a name rewrites it, and what comes out is not
 * compared again: so rules cannot go round in circles.
 */
record Rules(List<Rewriting> publishing, List<Rewriting> subscribing, List<Restoration> delivering) {

    static final Rules NONE = new Rules(List.of(), List.of(), List.of());

    static Rules of(TopicRewriteConfig config) {
        return new Rules(
                rewritings(config, Action.PUBLISH),
                rewritings(config, Action.SUBSCRIBE),
                config.rules().stream()
                        .filter(Rule::restore)
                        .map(rule -> rewriting(rule).reversed())
                        .toList());
    }

    private static List<Rewriting> rewritings(TopicRewriteConfig config, Action action) {
        return config.rules().stream()
                .filter(rule -> rule.actions().contains(action))
                .map(Rules::rewriting)
                .toList();
    }

    private static Rewriting rewriting(Rule rule) {
        return new Rewriting(Pattern.of("from", rule.from()), Template.of("to", rule.to()));
    }

    /**
     * {@return the topic that a message is published to, null for that which the client has named}
     *
     * @throws IllegalArgumentException if there is no such topic
     */
    @Nullable String topic(String topic, Client client) {
        for (Rewriting rewriting : publishing) {
            String result = rewriting.ofTopic(topic, client);
            if (result != null) {
                return result;
            }
        }
        return null;
    }

    /**
     * {@return the filter that is subscribed to, null for that which the client has named}
     *
     * @throws IllegalArgumentException if there is no such filter
     */
    @Nullable String filter(String filter, Client client) {
        for (Rewriting rewriting : subscribing) {
            String result = rewriting.ofFilter(filter, client);
            if (result != null) {
                return result;
            }
        }
        return null;
    }

    /** {@return whether any name is given back} */
    boolean restores() {
        return !delivering.isEmpty();
    }

    /** {@return the topic that a recipient knows, null for that which the message has} */
    @Nullable String restored(String topic, Client recipient) {
        for (Restoration restoration : delivering) {
            String result = restoration.ofTopic(topic, recipient);
            if (result != null) {
                return result;
            }
        }
        return null;
    }
}
