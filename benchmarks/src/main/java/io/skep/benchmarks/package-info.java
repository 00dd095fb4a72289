// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Loads on a whole broker that its load generator does not make.
 *
 * <p>Starting points: {@link io.skep.benchmarks.DurableSessions}. Runs on one loop of Netty.
 */
@NullMarked
package io.skep.benchmarks;

import org.jspecify.annotations.NullMarked;
