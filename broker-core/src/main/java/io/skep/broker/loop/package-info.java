// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The threads that everything runs on.
 *
 * <p>Starting points: {@link io.skep.broker.loop.Loop}, {@link io.skep.broker.loop.Loops}. A loop's methods run on its
 * own thread {@code skep-loop-N}, but for those that say "any thread".
 */
@NullMarked
package io.skep.broker.loop;

import org.jspecify.annotations.NullMarked;
