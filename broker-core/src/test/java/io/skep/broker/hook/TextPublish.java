// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A publish that is topic and text. */
record TextPublish(String topic, String text) implements Publish {

    @Override
    public boolean isWill() {
        return false;
    }

    @Override
    public ByteBuffer payload() {
        return StandardCharsets.UTF_8.encode(text);
    }

    @Override
    public Qos qos() {
        return Qos.AT_MOST_ONCE;
    }

    @Override
    public boolean retain() {
        return false;
    }

    @Override
    public boolean payloadIsText() {
        return false;
    }

    @Override
    public long expirySeconds() {
        return -1;
    }

    @Override
    public @Nullable String contentType() {
        return null;
    }

    @Override
    public @Nullable String responseTopic() {
        return null;
    }

    @Override
    public @Nullable ByteBuffer correlationData() {
        return null;
    }

    @Override
    public List<UserProperty> userProperties() {
        return List.of();
    }

    @Override
    public Publish withTopic(String newTopic) {
        return new TextPublish(newTopic, text);
    }

    @Override
    public Publish withPayload(ByteBuffer payload) {
        return new TextPublish(topic, StandardCharsets.UTF_8.decode(payload).toString());
    }

    @Override
    public Publish withQos(Qos qos) {
        return this;
    }

    @Override
    public Publish withRetain(boolean retain) {
        return this;
    }

    @Override
    public Publish withUserProperties(List<UserProperty> userProperties) {
        return this;
    }

    @Override
    public Publish withExpirySeconds(long seconds) {
        return this;
    }

    @Override
    public Publish withPayloadIsText(boolean isText) {
        return this;
    }

    @Override
    public Publish withContentType(@Nullable String contentType) {
        return this;
    }

    @Override
    public Publish withResponse(@Nullable String responseTopic, @Nullable ByteBuffer correlationData) {
        return this;
    }

    @Override
    public Publish copy() {
        return this;
    }
}
