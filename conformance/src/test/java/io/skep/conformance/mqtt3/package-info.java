// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What MQTT 3.1 and 3.1.1 demand of a broker, clause by clause.
 *
 * <p>Starting points: {@code ConnectTest}, {@code DeliveryTest}, {@code SessionTest}. A test runs on one thread.
 */
@NullMarked
package io.skep.conformance.mqtt3;

import org.jspecify.annotations.NullMarked;
