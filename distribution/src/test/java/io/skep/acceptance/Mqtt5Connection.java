// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import io.skep.acceptance.Mqtt5Clients.Announced;
import io.skep.acceptance.Mqtt5Clients.Subscribe;
import java.io.IOException;

/** A connected client. Closing it disconnects it. */
interface Mqtt5Connection extends AutoCloseable {

    /** {@return what it was told when it connected} */
    Announced announced();

    /** {@return the reason code of SUBACK} */
    int subscribe(Subscribe what) throws Exception;

    /** {@return the reason code of the first acknowledgement that settles it; 0 at QoS 0} */
    int publish(Mqtt5Message message) throws Exception;

    /** {@return what comes next, acknowledged unless the connection has a Receive Maximum} */
    Mqtt5Message next() throws Exception;

    /** Acknowledges the message that has waited longest for it. */
    void acknowledge() throws Exception;

    /** {@return the reason code of the broker's DISCONNECT, once it came} */
    int disconnected() throws Exception;

    /** Leaves, and asks for the will. */
    void leaveWithWill() throws Exception;

    @Override
    void close() throws IOException;
}
