// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Measurements: letters between loops.
 *
 * <p>Starting points: each class here is one table of `benchmarks/run`. Threads are those of the harness, each class
 * says which others there are.
 */
@NullMarked
package io.skep.broker.session;

import org.jspecify.annotations.NullMarked;
