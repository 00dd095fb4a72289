// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.testkit.contract.MessageContractTest.Part;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A message as values that can be compared. */
record Parts(String topic, ByteBuffer payload, Qos qos, boolean retain, Rest rest) {

    /** What MQTT 5.0 adds. */
    record Rest(
            boolean text,
            boolean expires,
            @Nullable String contentType,
            @Nullable String responseTopic,
            @Nullable ByteBuffer correlationData,
            List<UserProperty> userProperties) {}

    static Parts of(Publish publish) {
        return new Parts(
                publish.topic(),
                publish.payload(),
                publish.qos(),
                publish.retain(),
                new Rest(
                        publish.payloadIsText(),
                        publish.expirySeconds() >= 0, // the seconds pass
                        publish.contentType(),
                        publish.responseTopic(),
                        publish.correlationData(),
                        List.copyOf(publish.userProperties())));
    }

    /** {@return these, with some parts as they are in others} */
    Parts reset(Set<Part> parts, Parts others) {
        return new Parts(
                parts.contains(Part.TOPIC) ? others.topic : topic,
                parts.contains(Part.PAYLOAD) ? others.payload : payload,
                parts.contains(Part.QOS) ? others.qos : qos,
                parts.contains(Part.RETAIN) ? others.retain : retain,
                parts.contains(Part.PROPERTIES) ? others.rest : rest);
    }
}
