// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Counters of the broker: one enum, the source of every list of metrics.
 *
 * <p>Starting points: {@link io.skep.broker.metrics.Metric}. Counted on any thread.
 */
@NullMarked
package io.skep.broker.metrics;

import org.jspecify.annotations.NullMarked;
