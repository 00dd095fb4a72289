// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Client;

/**
 * Sees what the broker answers, and changes its reasons, Reason String and user properties. Called for each CONNACK,
 * PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP and DISCONNECT that the broker is about to send, in the
 * order in which they leave; not for a CONNACK to a CONNECT that was malformed. (3.x has no DISCONNECT of the broker;
 * it is seen all the same, as the reason for which the connection ends.)
 *
 * <p>Runs on the client's event loop, once for each packet, and must not wait; there is no later answer. Each sees what
 * the one before left. An exception or a null leaves the packet as it is, whatever
 * {@link io.skep.sdk.HookOptions#fallback} says. What a client does not want to be told, or what would make a packet
 * larger than it takes, is left out.
 */
@FunctionalInterface
public interface ReplyInterceptor {

    /**
     * Looks at one packet.
     *
     * @param client who gets it
     * @param reply what it says
     * @return the same, or a changed copy
     */
    Reply intercept(Client client, Reply reply);
}
