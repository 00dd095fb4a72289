// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The broker as an embeddable library.
 *
 * <p>Starting points: {@code Broker}.
 */
@NullMarked
package io.skep.broker;

import org.jspecify.annotations.NullMarked;
