// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.sdk.UserProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a packet or of a message, kept as their bytes and decoded when asked for. Immutable, any thread.
 *
 * <p>Getters answer the default of the standard for a property that is absent, or null where it has none.
 */
public final class Properties {

    public static final Properties EMPTY = new Properties(new byte[0]);

    /** What {@link #maximumPacketSize} answers if there is no limit: more than any packet has. */
    public static final long UNLIMITED = 0xFFFF_FFFFL;

    private final byte[] encoded;
    private final ByteBuf buffer;

    private Properties(byte[] encoded) {
        this.encoded = encoded;
        this.buffer = Unpooled.wrappedBuffer(encoded);
    }

    /** {@return a view of valid properties, encoded without their length, such as {@link #forwardable} gives them} */
    public static Properties of(byte @Nullable [] encoded) {
        return encoded == null || encoded.length == 0 ? EMPTY : new Properties(encoded);
    }

    /** Checks the properties as those of a client's packet. */
    static Properties checked(byte[] encoded, int place) {
        Properties properties = of(encoded);
        PropertyRules.checkAll(properties.cursor(), place);
        return properties;
    }

    public static PropertiesBuilder builder() {
        return new PropertiesBuilder();
    }

    /** {@return a builder that starts with these} */
    public PropertiesBuilder toBuilder() {
        return new PropertiesBuilder().append(encoded);
    }

    public boolean isEmpty() {
        return encoded.length == 0;
    }

    /** {@return the bytes without their length; not to be changed} */
    public byte[] encoded() {
        return encoded;
    }

    /**
     * {@return the encoded properties that travel on with a message, see {@link PublishFrame}; null if there are none}
     */
    public byte @Nullable [] forwardable() {
        PropertyCursor cursor = cursor();
        int bytes = 0;
        while (cursor.next()) {
            bytes += cursor.property().isForwardable() ? cursor.bytes() : 0;
        }
        return bytes == encoded.length && bytes > 0 ? encoded : copyForwardable(cursor(), bytes);
    }

    /** Copies the forwardable ones, of the given size in all, from the cursor's place on. */
    static byte @Nullable [] copyForwardable(PropertyCursor cursor, int bytes) {
        if (bytes == 0) {
            return null;
        }
        byte[] target = new byte[bytes];
        int index = 0;
        while (cursor.next()) {
            if (cursor.property().isForwardable()) {
                index = cursor.copyTo(target, index);
            }
        }
        return target;
    }

    /** {@return these and others, which follow} */
    public Properties with(Properties others) {
        return toBuilder().append(others.encoded).build();
    }

    /** {@return a copy with other user properties, which come last} */
    public Properties withUserProperties(List<UserProperty> userProperties) {
        PropertiesBuilder builder = new PropertiesBuilder();
        PropertyCursor cursor = cursor();
        while (cursor.next()) {
            if (cursor.property() != Property.USER_PROPERTY) {
                byte[] copy = new byte[cursor.bytes()];
                cursor.copyTo(copy, 0);
                builder.append(copy);
            }
        }
        return builder.userProperties(userProperties).build();
    }

    public boolean payloadIsText() {
        return number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
    }

    /** {@return the Payload Format Indicator, -1 if there is none} */
    public int payloadFormat() {
        return (int) number(Property.PAYLOAD_FORMAT_INDICATOR, -1);
    }

    /** {@return -1 if there is none} */
    public long messageExpirySeconds() {
        return number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
    }

    public @Nullable String contentType() {
        return string(Property.CONTENT_TYPE);
    }

    public @Nullable String responseTopic() {
        return string(Property.RESPONSE_TOPIC);
    }

    public byte @Nullable [] correlationData() {
        return binary(Property.CORRELATION_DATA);
    }

    /** {@return 0 if there is none} */
    public int subscriptionId() {
        return (int) number(Property.SUBSCRIPTION_IDENTIFIER, 0);
    }

    /** {@return -1 if there is none; 0xFFFFFFFF means never} */
    public long sessionExpirySeconds() {
        return number(Property.SESSION_EXPIRY_INTERVAL, -1);
    }

    public @Nullable String authenticationMethod() {
        return string(Property.AUTHENTICATION_METHOD);
    }

    public byte @Nullable [] authenticationData() {
        return binary(Property.AUTHENTICATION_DATA);
    }

    public boolean requestProblemInformation() {
        return number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
    }

    public boolean requestResponseInformation() {
        return number(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1;
    }

    public long willDelaySeconds() {
        return number(Property.WILL_DELAY_INTERVAL, 0);
    }

    public @Nullable String serverReference() {
        return string(Property.SERVER_REFERENCE);
    }

    public @Nullable String reasonString() {
        return string(Property.REASON_STRING);
    }

    public int receiveMaximum() {
        return (int) number(Property.RECEIVE_MAXIMUM, 65_535);
    }

    public int topicAliasMaximum() {
        return (int) number(Property.TOPIC_ALIAS_MAXIMUM, 0);
    }

    /** {@return {@link #UNLIMITED} if there is none} */
    public long maximumPacketSize() {
        return number(Property.MAXIMUM_PACKET_SIZE, UNLIMITED);
    }

    /** {@return all of them in their order, names may repeat} */
    public List<UserProperty> userProperties() {
        List<UserProperty> pairs = new ArrayList<>();
        PropertyCursor cursor = cursor();
        while (cursor.next()) {
            if (cursor.property() == Property.USER_PROPERTY) {
                pairs.add(cursor.pair());
            }
        }
        return List.copyOf(pairs);
    }

    long number(Property property, long absent) {
        PropertyCursor cursor = find(property);
        return cursor == null ? absent : cursor.number();
    }

    @Nullable String string(Property property) {
        PropertyCursor cursor = find(property);
        return cursor == null ? null : cursor.string();
    }

    byte @Nullable [] binary(Property property) {
        PropertyCursor cursor = find(property);
        return cursor == null ? null : cursor.binary();
    }

    private @Nullable PropertyCursor find(Property property) {
        PropertyCursor cursor = cursor();
        while (cursor.next()) {
            if (cursor.property() == property) {
                return cursor;
            }
        }
        return null;
    }

    private PropertyCursor cursor() {
        return new PropertyCursor().over(buffer, 0, encoded.length);
    }
}
