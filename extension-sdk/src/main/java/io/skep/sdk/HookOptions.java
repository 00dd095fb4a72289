// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.time.Duration;
import java.util.Objects;

/**
 * How a hook is called. Immutable; the {@code with} methods check as the constructor does.
 *
 * @param order lower runs earlier; equal orders run by extension id
 * @param deadline the longest that a {@code later} answer may take, up to an hour; afterwards the hook counts as failed
 * @param fallback what a failure (deadline, exception, null) counts as
 * @param topicFilter publish and delivery interceptors: called for topics that match this filter; subscribe and
 *     unsubscribe interceptors: for filters that have a topic in common with it. {@code #} is every topic, those that
 *     begin with {@code $} included. Other hooks do not look at it
 * @param allowsFor authorizers only: how long a positive answer about a publish may be remembered, which is per client,
 *     topic, QoS and RETAIN flag; zero to be asked about every single packet. It is forgotten earlier when there is no
 *     room, when the client authenticates again, and when authorizers come or go. Of several authorizers the shortest
 *     time counts
 * @param deniesFor authorizers only: the same for a negative answer
 */
public record HookOptions(
        int order, Duration deadline, Fallback fallback, String topicFilter, Duration allowsFor, Duration deniesFor) {

    /** As long as a connection lives. */
    public static final Duration CONNECTION = Duration.ofDays(36_500);

    /** Order 0, five seconds, fails closed, every topic; allows for the life of the connection, and denies once. */
    public static final HookOptions DEFAULT =
            new HookOptions(0, Duration.ofSeconds(5), Fallback.DENY, "#", CONNECTION, Duration.ZERO);

    /**
     * Checks each.
     *
     * @throws IllegalArgumentException if the deadline, a time of memory or the topic filter is not as above
     */
    public HookOptions {
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: above 0, up to an hour)");
        }
        Objects.requireNonNull(fallback, "fallback");
        TopicFilter.of(topicFilter);
        checkMemory("allowsFor", allowsFor);
        checkMemory("deniesFor", deniesFor);
    }

    private static void checkMemory(String name, Duration time) {
        if (time.isNegative() || time.compareTo(CONNECTION) > 0) {
            throw new IllegalArgumentException(name + ": " + time + " (expected: 0 up to CONNECTION)");
        }
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
        return new HookOptions(order, deadline, fallback, topicFilter, allowsFor, deniesFor);
    }

    /**
     * {@return these options with another deadline}
     *
     * @param deadline positive
     */
    public HookOptions withDeadline(Duration deadline) {
        return new HookOptions(order, deadline, fallback, topicFilter, allowsFor, deniesFor);
    }

    /**
     * {@return these options with another fallback}
     *
     * @param fallback what a failure counts as
     */
    public HookOptions withFallback(Fallback fallback) {
        return new HookOptions(order, deadline, fallback, topicFilter, allowsFor, deniesFor);
    }

    /**
     * {@return these options with another topic filter}
     *
     * @param topicFilter a filter as in SUBSCRIBE
     */
    public HookOptions withTopicFilter(String topicFilter) {
        return new HookOptions(order, deadline, fallback, topicFilter, allowsFor, deniesFor);
    }

    /**
     * {@return these options with other times for which the answers of an authorizer are remembered}
     *
     * @param allows positive ones; zero to be asked about every single packet, {@link #CONNECTION} for as long as the
     *     connection lives
     * @param denies negative ones
     */
    public HookOptions withRemembered(Duration allows, Duration denies) {
        return new HookOptions(order, deadline, fallback, topicFilter, allows, denies);
    }
}
