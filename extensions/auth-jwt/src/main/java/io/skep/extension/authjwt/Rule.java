// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.Qos;
import io.skep.sdk.TopicFilter;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A permission for every token.
 *
 * @param topic a topic filter, with placeholders
 * @param actions what it is about; both if left out
 * @param effect what it does; allow if left out
 * @param qosMax it covers publishing and subscribing up to this QoS; 2 if left out
 * @param retain whether it covers retained messages; true if left out
 */
public record Rule(
        String topic,
        List<Action> actions,
        Effect effect,
        @Nullable Integer qosMax,
        @Nullable Boolean retain) {

    /** Checks the topic and fills in what is left out. */
    public Rule {
        if (topic == null) {
            throw new IllegalArgumentException("topic: none (expected: a topic filter)");
        }
        String filled = Placeholders.check("topic", topic);
        try {
            TopicFilter.of(filled);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("topic: " + e.getMessage(), e);
        }
        actions = actions == null || actions.isEmpty() ? List.of(Action.values()) : List.copyOf(actions);
        effect = effect == null ? Effect.ALLOW : effect;
        if (qosMax != null && (qosMax < 0 || qosMax > 2)) {
            throw new IllegalArgumentException("qos-max: " + qosMax + " (expected: 0, 1 or 2)");
        }
    }

    /**
     * {@return the rule with another topic}
     *
     * @param filled without placeholders
     */
    Permission permission(String filled) {
        Qos qos = qosMax == null ? Qos.EXACTLY_ONCE : Qos.of(qosMax);
        return new Permission(effect, Set.copyOf(actions), filled, qos, retain == null || retain);
    }
}
