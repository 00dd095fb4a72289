// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Plays random steps of several clients, legal and illegal, against the broker and against a small model of the
 * standard, and compares all that comes; of a failure it prints the shortest list of steps that it finds. What comes
 * may be several things that look alike, so that there are several readings of what happened: only what fits none of
 * them is a failure.
 *
 * <p>Starting points: {@link io.skep.conformance.model.RandomStepsTest}, {@link io.skep.conformance.model.Step},
 * {@link io.skep.conformance.model.Model}, {@link io.skep.conformance.model.Story},
 * {@link io.skep.conformance.model.Stage}. All of it runs on the thread of the test.
 */
@NullMarked
package io.skep.conformance.model;

import org.jspecify.annotations.NullMarked;
