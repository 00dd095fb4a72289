// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import io.skep.sdk.Qos;
import io.skep.sdk.TopicFilter;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission.Effect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A role.
 *
 * @param permissions the first that covers an operation decides
 */
public record Role(List<Rule> permissions) {

    /** Fills in what is left out. */
    public Role {
        permissions = permissions == null ? List.of() : List.copyOf(permissions);
    }

    /**
     * A permission.
     *
     * @param topic a topic filter; {@code %c} stands for the client id, {@code %u} for the user name
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
            checkFilter(topic);
            actions = actions == null || actions.isEmpty() ? List.of(Action.values()) : List.copyOf(actions);
            effect = effect == null ? Effect.ALLOW : effect;
            if (qosMax != null && (qosMax < 0 || qosMax > 2)) {
                throw new IllegalArgumentException("qos-max: " + qosMax + " (expected: 0, 1 or 2)");
            }
        }

        private static void checkFilter(String topic) {
            try {
                TopicFilter.of(new Placeholders("c", "u").fill(topic));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("topic: " + e.getMessage(), e);
            }
        }

        Qos qos() {
            return qosMax == null ? Qos.EXACTLY_ONCE : Qos.of(qosMax);
        }

        boolean coversRetained() {
            return retain == null || retain;
        }
    }
}
