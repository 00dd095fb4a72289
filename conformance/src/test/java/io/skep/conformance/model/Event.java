// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Seen5;

/** Something that happens to the model: a client takes a step, or the broker has done something. */
interface Event {

    /** Says it to the model, and to the broker if the scene has one; what does not fit is a {@link Difference}. */
    void play(Scene scene);

    /** A packet has come. */
    record Arrival(int link, Seen5 packet) implements Event {

        @Override
        public void play(Scene scene) {
            scene.model().link(link).accept(packet);
        }

        @Override
        public String toString() {
            String properties = packet.properties().isEmpty() ? "" : " " + packet.properties();
            return packet.type() == Control.PUBLISH
                    ? "  to connection %d: PUBLISH %d %s %s qos %d%s%s%s"
                            .formatted(
                                    link,
                                    packet.id(),
                                    packet.topic(),
                                    packet.payload(),
                                    packet.qos(),
                                    packet.dup() ? " DUP" : "",
                                    packet.retain() ? " RETAIN" : "",
                                    properties)
                    : "  to connection %d: type %d, id %d, reasons %s%s"
                            .formatted(link, packet.type(), packet.id(), packet.reasons(), properties);
        }
    }

    /** The broker has closed a connection. */
    record End(int link) implements Event {

        @Override
        public void play(Scene scene) {
            scene.model().link(link).closed();
        }

        @Override
        public String toString() {
            return "  to connection " + link + ": the end";
        }
    }

    /** All that a step brings has come. */
    record Rest() implements Event {

        @Override
        public void play(Scene scene) {
            scene.model().settle();
        }
    }
}
