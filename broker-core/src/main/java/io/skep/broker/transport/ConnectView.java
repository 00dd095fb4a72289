// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.Connect;
import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.codec.Will;
import io.skep.broker.config.SessionConfig;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.PublishView;
import io.skep.sdk.Client;
import io.skep.sdk.UserProperty;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.publish.Publish;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A CONNECT as extensions see it. Immutable; what they change is a CONNECT again. */
record ConnectView(Connect connect, Client client) implements ConnectRequest {

    private static final int SECONDS_MAX = 65_535;

    /** {@return the CONNECT that an extension answered with} */
    static Connect connectOf(ConnectRequest request) {
        if (request instanceof ConnectView view) {
            return view.connect;
        }
        throw new IllegalArgumentException("request: " + request.getClass() + " (expected: what was intercepted)");
    }

    private Properties properties() {
        return connect.properties();
    }

    @Override
    public byte @Nullable [] password() {
        return connect.password();
    }

    @Override
    public boolean cleanStart() {
        return connect.cleanStart();
    }

    @Override
    public int keepAliveSeconds() {
        return connect.keepAliveSeconds();
    }

    @Override
    public long sessionExpirySeconds() {
        return properties().sessionExpirySeconds();
    }

    @Override
    public int receiveMaximum() {
        return properties().receiveMaximum();
    }

    @Override
    public long packetBytesMax() {
        return properties().maximumPacketSize();
    }

    @Override
    public int topicAliasMaximum() {
        return properties().topicAliasMaximum();
    }

    @Override
    public @Nullable String authenticationMethod() {
        return properties().authenticationMethod();
    }

    @Override
    public @Nullable Publish will() {
        Will will = connect.will();
        if (will == null) {
            return null;
        }
        Message message =
                new Message(will.topic(), will.payload(), will.forwardableProperties(), will.qos(), will.retain(), 0);
        long expiry = will.properties().messageExpirySeconds();
        Publish view = PublishView.ofWill(message);
        return expiry < 0 ? view : view.withExpirySeconds(expiry);
    }

    @Override
    public long willDelaySeconds() {
        Will will = connect.will();
        return will == null ? 0 : will.properties().willDelaySeconds();
    }

    @Override
    public List<UserProperty> userProperties() {
        return properties().userProperties();
    }

    @Override
    public ConnectRequest withClientId(String id) {
        expect(!id.isEmpty(), "client id: '' (expected: at least one character)");
        return new ConnectView(
                new Connect(
                        connect.version(),
                        connect.bridge(),
                        connect.cleanStart(),
                        connect.keepAliveSeconds(),
                        connect.properties(),
                        id,
                        connect.will(),
                        connect.userName(),
                        connect.password()),
                client.named(id, client.userName()));
    }

    @Override
    public ConnectRequest withCredentials(@Nullable String userName, byte @Nullable [] password) {
        return new ConnectView(
                new Connect(
                        connect.version(),
                        connect.bridge(),
                        connect.cleanStart(),
                        connect.keepAliveSeconds(),
                        connect.properties(),
                        connect.clientId(),
                        connect.will(),
                        userName,
                        password),
                client.named(client.id(), userName));
    }

    @Override
    public ConnectRequest withCleanStart(boolean cleanStart) {
        return with(cleanStart, connect.keepAliveSeconds(), properties(), connect.will());
    }

    @Override
    public ConnectRequest withKeepAliveSeconds(int seconds) {
        expect(seconds >= 0 && seconds <= SECONDS_MAX, "keep alive: " + seconds + " (expected: 0 to 65535)");
        return with(connect.cleanStart(), seconds, properties(), connect.will());
    }

    @Override
    public ConnectRequest withSessionExpiry(Duration expiry) {
        expect(!expiry.isNegative(), "session expiry: " + expiry + " (expected: 0 or longer)");
        long seconds = Math.min(expiry.toSeconds(), SessionConfig.NEVER.toSeconds());
        Properties changed = properties(seconds, receiveMaximum(), packetBytesMax(), topicAliasMaximum())
                .userProperties(userProperties())
                .build();
        return with(connect.cleanStart(), connect.keepAliveSeconds(), changed, connect.will());
    }

    @Override
    public ConnectRequest withLimits(int receiveMaximum, long packetBytesMax, int topicAliasMaximum) {
        boolean valid = receiveMaximum > 0
                && receiveMaximum <= 65_535
                && packetBytesMax > 0
                && packetBytesMax <= Properties.UNLIMITED
                && topicAliasMaximum >= 0
                && topicAliasMaximum <= 65_535;
        expect(valid, "limits: out of range (expected: 1 to 65535, above 0, 0 to 65535)");
        Properties changed = properties(sessionExpirySeconds(), receiveMaximum, packetBytesMax, topicAliasMaximum)
                .userProperties(userProperties())
                .build();
        return with(connect.cleanStart(), connect.keepAliveSeconds(), changed, connect.will());
    }

    @Override
    public ConnectRequest withWill(@Nullable Publish will, long delaySeconds) {
        expect(
                delaySeconds >= 0 && delaySeconds <= 0xFFFF_FFFFL,
                "will delay: " + delaySeconds + " (expected: 0 to 4294967295)");
        Will changed = null;
        if (will != null) {
            Message message = PublishView.messageOf(will);
            PropertiesBuilder properties = Properties.of(message.properties()).toBuilder();
            if (message.expiresAtMillis() != 0) {
                properties.messageExpirySeconds(Message.secondsLeft(message.expiresAtMillis()));
            }
            if (delaySeconds > 0) {
                properties.willDelaySeconds(delaySeconds);
            }
            changed = new Will(message.topic(), message.payload(), message.qos(), message.retain(), properties.build());
        }
        return with(connect.cleanStart(), connect.keepAliveSeconds(), properties(), changed);
    }

    @Override
    public ConnectRequest withUserProperties(List<UserProperty> userProperties) {
        Properties changed = properties().withUserProperties(userProperties);
        return with(connect.cleanStart(), connect.keepAliveSeconds(), changed, connect.will());
    }

    private ConnectRequest with(boolean cleanStart, int keepAliveSeconds, Properties properties, @Nullable Will will) {
        return new ConnectView(
                new Connect(
                        connect.version(),
                        connect.bridge(),
                        cleanStart,
                        keepAliveSeconds,
                        properties,
                        connect.clientId(),
                        will,
                        connect.userName(),
                        connect.password()),
                client);
    }

    /** Everything that a CONNECT may say, but for user properties. */
    private PropertiesBuilder properties(
            long expirySeconds, int receiveMaximum, long packetBytesMax, int topicAliasMaximum) {
        PropertiesBuilder all = Properties.builder()
                .receiveMaximum(receiveMaximum)
                .topicAliasMaximum(topicAliasMaximum)
                .requestProblemInformation(properties().requestProblemInformation())
                .requestResponseInformation(properties().requestResponseInformation());
        if (expirySeconds >= 0) {
            all.sessionExpirySeconds(expirySeconds);
        }
        if (packetBytesMax != Properties.UNLIMITED) {
            all.maximumPacketSize(packetBytesMax);
        }
        String method = properties().authenticationMethod();
        byte[] data = properties().authenticationData();
        if (method != null) {
            all.authenticationMethod(method);
        }
        if (data != null) {
            all.authenticationData(data);
        }
        return all;
    }

    private static void expect(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }

    @Override
    public String toString() {
        return "ConnectRequest[client=" + client + "]"; // the password stays out of logs
    }
}
