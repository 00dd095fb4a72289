// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The crash tester: clients that know what they were promised, something that kills the broker, and a checker that
 * compares what happened with the promises.
 *
 * <p>Starting points: {@link io.skep.crash.Campaign}, which runs all of it, {@link io.skep.crash.Checker}, which works
 * on the {@link io.skep.crash.History} alone, and {@link io.skep.crash.PowerCut}. Each client has a thread, and another
 * that reads its connection; the nemesis runs on the test's thread.
 */
@NullMarked
package io.skep.crash;

import org.jspecify.annotations.NullMarked;
