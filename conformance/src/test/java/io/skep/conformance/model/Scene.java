// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What steps are played on: a model, and the wires to the broker, or none when what happened is read again. */
record Scene(Model model, String prefix, Wires wires) {

    /** The way to the broker. */
    interface Wires {

        /** Opens a connection with a CONNECT. */
        void open(Link link, byte[] connect);

        /** Sends a packet with the end of the step. */
        void send(Link link, byte[] packet);

        /** Ends a connection on the client's side. */
        void drop(Link link, Step.Break how);

        /** Sends a first packet that is refused: perhaps with a CONNACK, and with a close. */
        void intrude(byte[] packet, Set<Integer> reasons);

        /** Stops the broker in order. */
        void stop();
    }

    /** Nobody is there. */
    static final Wires NONE = new Wires() {
        @Override
        public void open(Link link, byte[] connect) {}

        @Override
        public void send(Link link, byte[] packet) {}

        @Override
        public void drop(Link link, Step.Break how) {}

        @Override
        public void intrude(byte[] packet, Set<Integer> reasons) {}

        @Override
        public void stop() {}
    };

    String clientId(int client) {
        return prefix + client;
    }

    /** {@return the connection of a client, null if it has none} */
    @Nullable Link link(int client) {
        return model.link(clientId(client));
    }
}
