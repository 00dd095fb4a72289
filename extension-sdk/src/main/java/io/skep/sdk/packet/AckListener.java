// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Client;

/**
 * Sees each PUBACK, PUBREC, PUBREL and PUBCOMP of a client, before it takes effect. There is nothing to answer: what a
 * client has or has not got is the client's to say. Runs on the client's event loop, once for each packet, and must not
 * wait; where that is too close, count and leave the rest to {@link io.skep.sdk.ExtensionContext#executor}. Packets of
 * a client come in their order, each to the listeners of all extensions in theirs ({@link io.skep.sdk.Hooks}). An
 * exception is counted and changes nothing.
 */
@FunctionalInterface
public interface AckListener {

    /**
     * Looks at one packet.
     *
     * @param client who sent it
     * @param ack what it says
     */
    void received(Client client, Reply ack);
}
