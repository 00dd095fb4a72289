// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;

/**
 * The last message of a connection, published when it ends ungracefully.
 *
 * @param number its key while it is stored; unique, so that the will of an old connection cannot be taken for a new
 *     one's
 * @param message with the QoS and the retain flag asked for
 * @param delaySeconds how long after the end of the connection, at most until the session ends
 */
public record Will(long number, Message message, long delaySeconds) {}
