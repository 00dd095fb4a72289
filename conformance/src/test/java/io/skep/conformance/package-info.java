// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What the MQTT standards demand of a broker, tested over raw sockets against a real one.
 *
 * <p>Starting points: {@link io.skep.conformance.RawClient}, {@link io.skep.conformance.Packets},
 * {@link io.skep.conformance.Normative}. A test runs on one thread and meets the broker on the wire only.
 */
@NullMarked
package io.skep.conformance;

import org.jspecify.annotations.NullMarked;
