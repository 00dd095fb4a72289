// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The threads that everything runs on.
 *
 * <p>Starting points: {@link io.skep.broker.loop.Loop}.
 */
@NullMarked
package io.skep.broker.loop;

import org.jspecify.annotations.NullMarked;
