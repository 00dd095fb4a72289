// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Measurements: group commit.
 *
 * <p>Starting points: each class here is one table of `benchmarks/run`. Threads are those of the harness, each class
 * says which others there are.
 */
@NullMarked
package io.skep.broker.storage;

import org.jspecify.annotations.NullMarked;
