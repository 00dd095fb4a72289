// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

/**
 * What was counted of one extension since it started, for tools.
 *
 * @param extension its id
 * @param failures of its hooks and listeners
 * @param blocks how often one of its hooks has kept a loop for a second or more
 * @param unanswered calls that wait for its answer now
 * @param eventsDropped events that it was too slow for
 * @param paused whether its hooks are not asked at the moment, because too many failed
 */
public record HookCounts(
        String extension, long failures, long blocks, int unanswered, long eventsDropped, boolean paused) {}
