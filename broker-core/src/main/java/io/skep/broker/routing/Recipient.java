// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.concurrent.Executor;

/** Who subscribes: a session. As an executor it runs a step where its state lives, after what it was told before. */
public interface Recipient extends Executor {

    /**
     * Takes a message. Called on the loop of the publisher; what must be kept after the call is copied by
     * {@link Publication#message}.
     *
     * @param publication valid during the call
     * @param subscription why
     */
    void deliver(Publication publication, Subscription subscription);

    /** {@return the client identifier. Any thread} */
    String clientId();

    /** {@return whether its client is there. Any thread} */
    boolean isConnected();

    /**
     * {@return whether a shared group should choose this one now: connected, and able to take a message. Any thread}
     */
    boolean isReady();

    /** {@return whether messages for it are kept while it is not connected. Any thread} */
    boolean isDurable();
}
