// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.sdk.testkit.BrokerExtension;

/** The broker of random steps: with small windows, so that they fill up. */
final class StageBroker {

    private StageBroker() {}

    static BrokerExtension create() {
        return BrokerExtension.create()
                .set("mqtt.in-flight-max", Model.IN_FLIGHT_MAX)
                .set("mqtt.receive-maximum", Model.RECEIVE_MAXIMUM)
                .set("mqtt.topic-alias-maximum", Model.TOPIC_ALIAS_MAXIMUM)
                .set("storage.durability", "none");
    }
}
