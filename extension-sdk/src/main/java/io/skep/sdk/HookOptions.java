// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.time.Duration;
import java.util.Objects;

/**
 * How a hook is called.
 *
 * @param order lower runs earlier; equal orders run by extension id
 * @param deadline the longest that a {@code later} answer may take, up to an hour; afterwards the hook counts as failed
 * @param fallback what a failure (deadline, exception, null) counts as
 * @param topicFilter publish interceptors only: called for topics that match this filter; {@code #} is every topic,
 *     those that begin with {@code $} included
 */
public record HookOptions(int order, Duration deadline, Fallback fallback, String topicFilter) {

    /** Order 0, five seconds, fails closed, every topic. */
    public static final HookOptions DEFAULT = new HookOptions(0, Duration.ofSeconds(5), Fallback.DENY, "#");

    /** Checks each. */
    public HookOptions {
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: above 0, up to an hour)");
        }
        Objects.requireNonNull(fallback, "fallback");
        TopicFilter.of(topicFilter);
    }

    /** What the failure of a hook counts as. */
    public enum Fallback {
        /** The operation is refused. */
        DENY,
        /** The next hook is asked, as if this one were not there. */
        NEXT
    }

    /**
     * {@return these options with another order}
     *
     * @param order lower runs earlier
     */
    public HookOptions withOrder(int order) {
        return new HookOptions(order, deadline, fallback, topicFilter);
    }

    /**
     * {@return these options with another deadline}
     *
     * @param deadline positive
     */
    public HookOptions withDeadline(Duration deadline) {
        return new HookOptions(order, deadline, fallback, topicFilter);
    }

    /**
     * {@return these options with another fallback}
     *
     * @param fallback what a failure counts as
     */
    public HookOptions withFallback(Fallback fallback) {
        return new HookOptions(order, deadline, fallback, topicFilter);
    }

    /**
     * {@return these options with another topic filter}
     *
     * @param topicFilter a filter as in SUBSCRIBE
     */
    public HookOptions withTopicFilter(String topicFilter) {
        return new HookOptions(order, deadline, fallback, topicFilter);
    }
}
