// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.publish;

import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view of a PUBLISH packet. The broker implements it; what is not asked for is not decoded. The {@code with} methods
 * leave this view as it is and return a changed copy that stays valid.
 *
 * <p>What a hook is given is for the thread that calls it, and for the time of that call; whoever reads it later gets
 * an {@link IllegalStateException} or what has taken its place. Copies are for any thread and any time.
 */
public interface Publish {

    /** {@return the topic name} */
    String topic();

    /** {@return whether this is the will of a connection that has ended} */
    boolean isWill();

    /** {@return the payload, read-only} */
    ByteBuffer payload();

    /** {@return the QoS of the publisher} */
    Qos qos();

    /** {@return whether the message is to be retained} */
    boolean retain();

    /** {@return whether the publisher marked the payload as UTF-8 text} */
    boolean payloadIsText();

    /** {@return the message expiry interval in seconds, or -1 if there is none} */
    long expirySeconds();

    /** {@return the content type, null if there is none} */
    @Nullable String contentType();

    /** {@return the response topic, null if there is none} */
    @Nullable String responseTopic();

    /** {@return the correlation data, read-only, null if there is none} */
    @Nullable ByteBuffer correlationData();

    /** {@return the user properties in their order} */
    List<UserProperty> userProperties();

    /**
     * {@return a copy for another topic}
     *
     * @param topic a valid topic name
     * @throws IllegalArgumentException if it is none
     */
    Publish withTopic(String topic);

    /**
     * {@return a copy with another payload}
     *
     * @param payload is copied
     */
    Publish withPayload(ByteBuffer payload);

    /**
     * {@return a copy with another QoS; the acknowledgement to the publisher stays that of its own QoS}
     *
     * @param qos any
     */
    Publish withQos(Qos qos);

    /**
     * {@return a copy with another retain flag}
     *
     * @param retain whether to retain
     */
    Publish withRetain(boolean retain);

    /**
     * {@return a copy with other user properties}
     *
     * @param userProperties in their order; 3.x subscribers do not see them
     */
    Publish withUserProperties(List<UserProperty> userProperties);

    /**
     * {@return a copy with another Message Expiry Interval}
     *
     * @param seconds from now on, at most 4294967295, or -1 for none
     * @throws IllegalArgumentException if it is out of range
     */
    Publish withExpirySeconds(long seconds);

    /**
     * {@return a copy with or without the mark of UTF-8 text}
     *
     * @param isText whether the payload is marked
     */
    Publish withPayloadIsText(boolean isText);

    /**
     * {@return a copy with another content type}
     *
     * @param contentType null for none
     */
    Publish withContentType(@Nullable String contentType);

    /**
     * {@return a copy with other data for a response}
     *
     * @param responseTopic a valid topic name, null for none
     * @param correlationData is copied, null for none
     * @throws IllegalArgumentException if the response topic is not valid
     */
    Publish withResponse(@Nullable String responseTopic, @Nullable ByteBuffer correlationData);

    /** {@return a copy that stays valid after the call} */
    Publish copy();
}
