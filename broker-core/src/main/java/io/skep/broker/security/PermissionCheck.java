// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.security;

import io.skep.sdk.Qos;
import io.skep.sdk.TopicFilter;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import java.util.List;

/**
 * Answers whether permissions allow an operation. The first rule that covers it decides, and if none does it is denied.
 *
 * <p>A publish is covered by a rule whose filter matches its topic. A subscription is about many topics at once: a rule
 * that allows covers it only if the rule's filter matches all of them, a rule that denies if it matches any. So a
 * subscription that reaches into denied topics is refused as a whole, unless an earlier rule allows all of it. Rules
 * that allow it only together do not allow it.
 */
public final class PermissionCheck {

    /** Of {@link Permissions#ALL}. */
    public static final PermissionCheck EVERYTHING = new PermissionCheck(Permissions.ALL);

    private final boolean everything;
    private final List<Rule> rules;

    private PermissionCheck(Permissions permissions) {
        everything = permissions.equals(Permissions.ALL);
        rules = permissions.rules().stream().map(Rule::of).toList();
    }

    public static PermissionCheck of(Permissions permissions) {
        return permissions.equals(Permissions.ALL) ? EVERYTHING : new PermissionCheck(permissions);
    }

    /** {@return whether there is no need to ask} */
    public boolean allowsEverything() {
        return everything;
    }

    /**
     * {@return whether an operation is allowed}
     *
     * @param topic a topic name to publish to, or a valid topic filter to subscribe to (of a shared subscription the
     *     filter alone)
     * @param retain of a publish; false for subscriptions
     */
    public boolean allows(Action action, String topic, Qos qos, boolean retain) {
        if (everything) {
            return true;
        }
        return switch (action) {
            case PUBLISH -> allowsPublish(topic, qos, retain);
            case SUBSCRIBE -> allowsSubscribe(TopicFilter.of(topic), qos);
        };
    }

    private boolean allowsPublish(String topic, Qos qos, boolean retain) {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (rule.publish && rule.admits(qos, retain) && rule.filter.matches(topic)) {
                return rule.allows;
            }
        }
        return false;
    }

    private boolean allowsSubscribe(TopicFilter filter, Qos qos) {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (rule.subscribe
                    && rule.admits(qos, false)
                    && (rule.allows ? rule.filter.covers(filter) : rule.filter.overlaps(filter))) {
                return rule.allows;
            }
        }
        return false;
    }

    private record Rule(
            boolean allows, boolean publish, boolean subscribe, TopicFilter filter, Qos qosMax, boolean retain) {

        static Rule of(Permission permission) {
            return new Rule(
                    permission.effect() == Effect.ALLOW,
                    permission.actions().contains(Action.PUBLISH),
                    permission.actions().contains(Action.SUBSCRIBE),
                    TopicFilter.of(permission.topicFilter()),
                    permission.qosMax(),
                    permission.retain());
        }

        boolean admits(Qos qos, boolean retained) {
            return qos.compareTo(qosMax) <= 0 && (retain || !retained);
        }
    }
}
