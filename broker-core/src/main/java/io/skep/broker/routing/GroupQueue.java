// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

/** Where the messages of a shared group wait while none of its members can take one. Any thread. */
public interface GroupQueue {

    /** {@return whether messages wait, so that one given to a member would overtake them} */
    boolean isWaiting();

    /**
     * Takes a message of QoS 1 or 2.
     *
     * @param publication valid during the call
     * @param durable whether messages of the group are kept
     */
    void add(Publication publication, boolean durable);
}
