// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

/** What is published and received. */
record Message(String topic, String payload, int qos, boolean retain) {

    /** {@return the same as it comes to a subscriber that was there before} */
    Message live() {
        return new Message(topic, payload, qos, false);
    }
}
