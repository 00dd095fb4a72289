// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What a storm of logins does to clients that are already there: each part (broker, measuring client, clients that log
 * in, HTTP server) is a process of its own.
 *
 * <p>Starting points: {@link io.skep.benchmarks.logins.LoginStorm}, {@link io.skep.benchmarks.logins.Probe}. Threads of
 * their own.
 */
@NullMarked
package io.skep.benchmarks.logins;

import org.jspecify.annotations.NullMarked;
