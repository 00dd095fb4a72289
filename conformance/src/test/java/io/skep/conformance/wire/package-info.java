// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The bytes of MQTT packets, and clients that send any bytes and look at what comes back.
 *
 * <p>Starting points: {@link io.skep.conformance.wire.RawClient}, {@link io.skep.conformance.wire.Packets},
 * {@link io.skep.conformance.wire.Normative}. A test runs on one thread and meets the broker on the wire only.
 */
@NullMarked
package io.skep.conformance.wire;

import org.jspecify.annotations.NullMarked;
