// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.util.function.Consumer;

/** Who leaves a will: a client, and what it might do when its connection ended. On the loop of its session. */
public interface Testator {

    /** {@return who it is} */
    Client client();

    /**
     * Asks whether it might do something; the answer, an allow or a deny, comes before the return, or later on the
     * loop.
     */
    void ask(Operation operation, Loop loop, Consumer<? super Decision> answer);
}
