// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.Qos;
import io.skep.sdk.TopicFilter;
import java.util.Objects;
import java.util.Set;

/**
 * One rule of {@link Permissions}. Immutable.
 *
 * @param effect whether what it covers is allowed or denied
 * @param actions what it is about
 * @param topicFilter covers topics that match it. It allows subscriptions whose every topic it matches, and denies
 *     those of which it matches any. Placeholders must have been replaced
 * @param qosMax publish and subscribe up to this; above it the rule does not cover
 * @param retain whether it covers retained publishes too
 */
public record Permission(Effect effect, Set<Action> actions, String topicFilter, Qos qosMax, boolean retain) {

    /**
     * Checks the topic filter.
     *
     * @throws IllegalArgumentException if the standard does not allow it
     */
    public Permission {
        Objects.requireNonNull(effect, "effect");
        Objects.requireNonNull(qosMax, "qosMax");
        actions = Set.copyOf(actions);
        TopicFilter.of(topicFilter);
    }

    /** What a rule does. */
    public enum Effect {
        /** Covered operations are allowed. */
        ALLOW,
        /** Covered operations are denied. */
        DENY
    }

    /**
     * {@return a rule that allows}
     *
     * @param topicFilter covers topics that match it
     * @param actions what it is about
     */
    public static Permission allow(String topicFilter, Action... actions) {
        return new Permission(Effect.ALLOW, Set.of(actions), topicFilter, Qos.EXACTLY_ONCE, true);
    }

    /**
     * {@return a rule that denies}
     *
     * @param topicFilter covers topics that match it
     * @param actions what it is about
     */
    public static Permission deny(String topicFilter, Action... actions) {
        return new Permission(Effect.DENY, Set.of(actions), topicFilter, Qos.EXACTLY_ONCE, true);
    }
}
