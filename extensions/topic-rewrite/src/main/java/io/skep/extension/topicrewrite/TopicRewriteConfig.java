// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.sdk.auth.Action;
import java.util.List;

/**
 * {@code conf/extensions/topic-rewrite.yaml}.
 *
 * @param rules the first that matches a name rewrites it, once
 */
public record TopicRewriteConfig(List<Rule> rules) {

    private static final int RULES_MAX = 1_000; // they are compared one after the other

    /** Fills in what is left out. */
    public TopicRewriteConfig {
        rules = rules == null ? List.of() : List.copyOf(rules);
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException("rules: " + rules.size() + " (expected: up to " + RULES_MAX + ")");
        }
    }

    /**
     * A rule.
     *
     * @param from a topic filter; its wildcards are called {@code $1}, {@code $2} and so on in {@code to}
     * @param to a topic, with {@code $1} and so on, {@code %c} for the client id, {@code %u} for the user name
     * @param actions where it holds; both if left out. Subscribing includes unsubscribing
     * @param restore whether clients receive messages with the name that they know, {@code from}
     */
    public record Rule(String from, String to, List<Action> actions, boolean restore) {

        /** Checks the rule and fills in what is left out. */
        public Rule {
            if (from == null) {
                throw new IllegalArgumentException("from: none (expected: a topic filter)");
            }
            if (to == null) {
                throw new IllegalArgumentException(
                        "to: none (expected: a topic, with $1 for the first wildcard of from)");
            }
            actions = actions == null || actions.isEmpty() ? List.of(Action.values()) : List.copyOf(actions);
            Rewriting forth = new Rewriting(Pattern.of("from", from), Template.of("to", to));
            if (restore) {
                forth.reversed();
            }
        }
    }
}
