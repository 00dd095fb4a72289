// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The unpacked distribution in use: a process of its own, served to the clients that people have.
 *
 * <p>Starting points: {@link io.skep.acceptance.Installation}, {@link io.skep.acceptance.Clients},
 * {@link io.skep.acceptance.Mqtt5Clients}. Each test runs on its own thread; {@link io.skep.acceptance.Program} reads
 * the output of each process on another.
 */
@NullMarked
package io.skep.acceptance;

import org.jspecify.annotations.NullMarked;
