// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

/** A packet from a client that is rare enough to be an object of its own. */
public sealed interface Packet permits Connect, Subscribe, Unsubscribe, Disconnect, Auth {}
