// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.sdk.UserProperty;
import java.util.List;

/** Encodes properties in the order of the calls. Which ones a packet may carry is the caller's knowledge. */
public final class PropertiesBuilder {

    private final ByteBuf out = Unpooled.buffer(64);

    PropertiesBuilder() {}

    public Properties build() {
        return Properties.of(ByteBufUtil.getBytes(out));
    }

    public PropertiesBuilder payloadIsText() {
        return payloadFormat(1);
    }

    public PropertiesBuilder payloadFormat(int indicator) {
        return number(Property.PAYLOAD_FORMAT_INDICATOR, indicator);
    }

    public PropertiesBuilder messageExpirySeconds(long seconds) {
        return number(Property.MESSAGE_EXPIRY_INTERVAL, seconds);
    }

    public PropertiesBuilder contentType(String contentType) {
        return string(Property.CONTENT_TYPE, contentType);
    }

    public PropertiesBuilder responseTopic(String topic) {
        return string(Property.RESPONSE_TOPIC, topic);
    }

    public PropertiesBuilder correlationData(byte[] data) {
        return binary(Property.CORRELATION_DATA, data);
    }

    public PropertiesBuilder sessionExpirySeconds(long seconds) {
        return number(Property.SESSION_EXPIRY_INTERVAL, seconds);
    }

    public PropertiesBuilder assignedClientId(String clientId) {
        return string(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
    }

    public PropertiesBuilder serverKeepAliveSeconds(int seconds) {
        return number(Property.SERVER_KEEP_ALIVE, seconds);
    }

    public PropertiesBuilder authenticationMethod(String method) {
        return string(Property.AUTHENTICATION_METHOD, method);
    }

    public PropertiesBuilder authenticationData(byte[] data) {
        return binary(Property.AUTHENTICATION_DATA, data);
    }

    public PropertiesBuilder requestProblemInformation(boolean wanted) {
        return flag(Property.REQUEST_PROBLEM_INFORMATION, wanted);
    }

    public PropertiesBuilder requestResponseInformation(boolean wanted) {
        return flag(Property.REQUEST_RESPONSE_INFORMATION, wanted);
    }

    public PropertiesBuilder willDelaySeconds(long seconds) {
        return number(Property.WILL_DELAY_INTERVAL, seconds);
    }

    public PropertiesBuilder responseInformation(String information) {
        return string(Property.RESPONSE_INFORMATION, information);
    }

    public PropertiesBuilder serverReference(String reference) {
        return string(Property.SERVER_REFERENCE, reference);
    }

    public PropertiesBuilder reasonString(String reason) {
        return string(Property.REASON_STRING, reason);
    }

    public PropertiesBuilder receiveMaximum(int maximum) {
        return number(Property.RECEIVE_MAXIMUM, maximum);
    }

    public PropertiesBuilder topicAliasMaximum(int maximum) {
        return number(Property.TOPIC_ALIAS_MAXIMUM, maximum);
    }

    public PropertiesBuilder maximumPacketSize(long bytes) {
        return number(Property.MAXIMUM_PACKET_SIZE, bytes);
    }

    /** Only for a limit: 0 or 1. */
    public PropertiesBuilder maximumQos(int qos) {
        return number(Property.MAXIMUM_QOS, qos);
    }

    public PropertiesBuilder retainAvailable(boolean available) {
        return flag(Property.RETAIN_AVAILABLE, available);
    }

    public PropertiesBuilder wildcardSubscriptionAvailable(boolean available) {
        return flag(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, available);
    }

    public PropertiesBuilder subscriptionIdAvailable(boolean available) {
        return flag(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, available);
    }

    public PropertiesBuilder sharedSubscriptionAvailable(boolean available) {
        return flag(Property.SHARED_SUBSCRIPTION_AVAILABLE, available);
    }

    public PropertiesBuilder userProperty(String name, String value) {
        out.writeByte(Property.USER_PROPERTY.id());
        field(bytes(name));
        field(bytes(value));
        return this;
    }

    public PropertiesBuilder userProperties(List<UserProperty> userProperties) {
        for (UserProperty property : userProperties) {
            userProperty(property.name(), property.value());
        }
        return this;
    }

    PropertiesBuilder append(byte[] encoded) {
        out.writeBytes(encoded);
        return this;
    }

    private PropertiesBuilder flag(Property property, boolean value) {
        return number(property, value ? 1 : 0);
    }

    private PropertiesBuilder number(Property property, long value) {
        out.writeByte(property.id());
        switch (property.kind()) {
            case BYTE -> out.writeByte((int) value);
            case TWO_BYTES -> out.writeShort((int) value);
            case FOUR_BYTES -> out.writeInt((int) value);
            case VARIABLE -> VarInt.write(out, (int) value);
            case BINARY, STRING, STRING_PAIR -> throw new IllegalStateException(property + " is not a number");
        }
        return this;
    }

    private PropertiesBuilder string(Property property, String value) {
        return binary(property, bytes(value));
    }

    private PropertiesBuilder binary(Property property, byte[] value) {
        out.writeByte(property.id());
        field(value);
        return this;
    }

    /** What an extension hands over must not become a malformed packet. */
    private static byte[] bytes(String value) {
        if (value.indexOf(0) >= 0) {
            throw new IllegalArgumentException("property: a string with U+0000 (expected: none)"); // [MQTT-1.5.4-2]
        }
        return value.getBytes(UTF_8);
    }

    private void field(byte[] value) {
        if (value.length > 65_535) {
            throw new IllegalArgumentException("property: " + value.length + " bytes (expected: at most 65535)");
        }
        out.writeShort(value.length).writeBytes(value);
    }
}
