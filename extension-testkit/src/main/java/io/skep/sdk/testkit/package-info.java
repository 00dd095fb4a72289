// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * JUnit 5 support for authors of extensions: a real broker for the tests, in one line.
 *
 * <p>Starting points: {@link io.skep.sdk.testkit.BrokerExtension}. Runs on the thread of the tests; hooks run on the
 * broker's threads, as in production.
 */
@NullMarked
package io.skep.sdk.testkit;

import org.jspecify.annotations.NullMarked;
