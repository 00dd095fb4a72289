// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The network: listening sockets, and what lies between a socket and the bytes of MQTT (PROXY protocol, TLS,
 * WebSocket).
 *
 * <p>Starting points: {@link io.skep.broker.transport.Listeners}, {@code Listener}. Whatever belongs to a connection
 * runs on its loop; binding and closing on the thread that starts and stops the broker.
 */
@NullMarked
package io.skep.broker.transport;

import org.jspecify.annotations.NullMarked;
