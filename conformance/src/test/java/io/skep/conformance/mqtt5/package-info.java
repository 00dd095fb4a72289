// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What MQTT 5.0 demands of a broker, clause by clause.
 *
 * <p>Starting points: {@code ConnectTest}, {@code PublishTest}. A test runs on one thread.
 */
@NullMarked
package io.skep.conformance.mqtt5;

import org.jspecify.annotations.NullMarked;
