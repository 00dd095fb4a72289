// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.Connect;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Topic;
import io.skep.broker.security.PermissionCheck;
import io.skep.broker.session.Attachment;
import io.skep.broker.session.Outlet;
import io.skep.broker.session.Replies;
import io.skep.broker.session.Session;
import io.skep.broker.session.Will;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.event.Event;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * From CONNECT to CONNACK: check, authenticate, authorize the will, get the session, answer. The connection is paused
 * meanwhile, but while AUTH is awaited. Lives on the connection's loop.
 */
final class Handshake implements Attachment.Listener {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ID_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ASSIGNED_ID_LENGTH = 23;

    private final Connection connection;
    private final Reception reception;
    private final MqttConfig mqtt;
    private final Connect asked; // by the client
    private final Connect connect; // as extensions left it
    private final String clientId;
    private final Client client;
    private final Replies replies;
    private @Nullable Rights rights;
    private @Nullable Authentication authentication;
    private byte @Nullable [] authenticationData;
    private long expirySeconds;
    private Properties connack = Properties.EMPTY;

    Handshake(Connection connection, Connect asked, Connect connect, Client visitor) {
        this.connection = connection;
        this.reception = connection.reception();
        this.mqtt = reception.mqtt();
        this.asked = asked;
        this.connect = connect;
        clientId = connect.clientId().isEmpty() ? assignedId() : connect.clientId();
        client = visitor.named(clientId, connect.userName());
        replies = new Replies(
                client,
                connect.properties(),
                reception.hooks(),
                connection.lane().loop());
        connection.arrived(replies);
    }

    void begin() {
        if (connect.will() != null) {
            reception.topicLimits().checkName(connect.will().topic());
        }
        String method = connect.properties().authenticationMethod();
        ReasonCode elsewhere = mqtt.redirect().connect().reason();
        if (elsewhere != null) {
            connection.refuse(
                    client,
                    new Farewell(elsewhere, "redirected", mqtt.redirect().serverReference()));
        } else if (!isIdAccepted()) {
            connection.refuse(client, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "client id: not accepted");
        } else if (method == null) {
            Login login =
                    new Login(client, connect.password(), connect.properties().userProperties());
            reception.hooks().authenticate(login, connection.lane().loop(), this::authenticated);
        } else {
            Authentication enhanced = new Authentication(connection, client, method, connect);
            authentication = enhanced;
            connection.authentication(enhanced);
            enhanced.begin(connect, this::authenticated);
        }
    }

    private boolean isIdAccepted() {
        String id = connect.clientId();
        if (!id.isEmpty()) {
            return id.length() <= mqtt.clientIdBytesMax()
                    && id.getBytes(StandardCharsets.UTF_8).length <= mqtt.clientIdBytesMax();
        }
        return mqtt.emptyClientIds()
                && switch (connect.version()) {
                    case V3_1 -> false;
                    case V3_1_1 -> connect.cleanStart(); // [MQTT-3.1.3-8]
                    case V5_0 -> true;
                };
    }

    private static String assignedId() {
        StringBuilder id = new StringBuilder(ASSIGNED_ID_LENGTH);
        for (int i = 0; i < ASSIGNED_ID_LENGTH; i++) {
            id.append(ID_CHARACTERS.charAt(RANDOM.nextInt(ID_CHARACTERS.length())));
        }
        return id.toString();
    }

    private void authenticated(Decision decision) {
        if (connection.isClosed()) {
            return;
        }
        if (decision instanceof Decision.Deny deny) {
            boolean unspecified = deny.reason() == ReasonCode.UNSPECIFIED_ERROR;
            ReasonCode reason = unspecified ? ReasonCode.BAD_USER_NAME_OR_PASSWORD : deny.reason();
            connection.refuse(client, new Farewell(reason, deny.text(), deny.serverReference()));
        } else if (decision instanceof Decision.Allow allow) {
            admit(allow.permissions());
        }
    }

    private void authenticated(AuthAnswer answer) {
        if (answer instanceof AuthAnswer.Deny deny) {
            connection.refuse( // [MQTT-4.12.0-4]
                    client, new Farewell(deny.reason(), deny.text(), deny.serverReference()));
        } else if (answer instanceof AuthAnswer.Allow allow) {
            authenticationData = allow.data();
            admit(allow.permissions());
        }
    }

    private void admit(Permissions permissions) {
        if (reception.hooks().listens(Event.ClientAuthenticated.class)) {
            reception.hooks().fire(new Event.ClientAuthenticated(client, false));
        }
        Rights all = new Rights(
                client,
                PermissionCheck.of(permissions),
                reception.hooks(),
                connection.lane().loop());
        rights = all;
        checkWill(all);
    }

    private void checkWill(Rights all) {
        io.skep.broker.codec.Will last = connect.will();
        if (last == null) {
            attach(null);
            return;
        }
        Farewell unsupported = unsupported(last);
        if (unsupported != null) {
            connection.refuse(client, unsupported);
            return;
        }
        String topic = new String(last.topic(), StandardCharsets.UTF_8);
        Operation publish = new Operation(Action.PUBLISH, topic, Qos.of(last.qos()), last.retain());
        all.ask(publish, decision -> {
            if (connection.isClosed()) {
                return;
            }
            if (decision instanceof Decision.Deny deny) {
                String text = deny.text().isEmpty() ? "will topic: not allowed" : deny.text();
                connection.refuse(client, deny.reason(), text);
            } else if (!Topic.isReserved(last.topic())) {
                attach(will(last));
            } else {
                connection.refuse(client, ReasonCode.NOT_AUTHORIZED, "will topic: not allowed");
            }
        });
    }

    private @Nullable Farewell unsupported(io.skep.broker.codec.Will last) {
        if (last.qos() > mqtt.features().qosMaximum()) {
            return new Farewell(ReasonCode.QOS_NOT_SUPPORTED, "will QoS: too high"); // [MQTT-3.2.2-12]
        }
        if (last.retain() && !mqtt.features().retain()) {
            return new Farewell(ReasonCode.RETAIN_NOT_SUPPORTED, "will retain: not supported"); // [MQTT-3.2.2-13]
        }
        if (mqtt.payloadFormatCheck() && !last.isPayloadAsDeclared()) {
            return new Farewell(ReasonCode.PAYLOAD_FORMAT_INVALID, "will payload: not UTF-8"); // [U5-3.1.3-3]
        }
        return null;
    }

    private Will will(io.skep.broker.codec.Will last) {
        Message message =
                new Message(last.topic(), last.payload(), last.forwardableProperties(), last.qos(), last.retain(), 0);
        long expiry = last.properties().messageExpirySeconds(); // from its publication on: 3.1.3.2.4 of 5.0
        long delay = last.properties().willDelaySeconds();
        return new Will(reception.sessions().nextNumber(), clientId, message, expiry, delay, 0);
    }

    private void attach(@Nullable Will will) {
        Properties properties = connect.properties();
        Outlet outlet = new Outlet(
                connection.lane(),
                connection.context().channel(),
                client,
                replies,
                properties.topicAliasMaximum(),
                connection::close);
        connection.outlet(outlet);
        long most = reception.expiryMax().toSeconds();
        if (connect.version() == ProtocolVersion.V5_0 || properties.sessionExpirySeconds() >= 0) {
            expirySeconds = Math.min(Math.max(0, properties.sessionExpirySeconds()), most);
        } else {
            expirySeconds = connect.cleanStart() ? 0 : most;
        }
        connack = connackProperties();
        if (PacketEncoder.connackBytes(connack) > properties.maximumPacketSize()) { // [MQTT-3.1.2-24]
            connection.refuse(client, ReasonCode.PACKET_TOO_LARGE, "CONNACK: larger than the client's maximum");
            return;
        }
        int window = Math.min(properties.receiveMaximum(), mqtt.inFlightMax());
        reception
                .sessions()
                .attach(new Attachment(outlet, connect.cleanStart(), expirySeconds, window, will, rights, this));
    }

    @Override
    public void attached(Session session, boolean sessionPresent) {
        Outlet outlet = connection.outlet();
        if (connection.isClosed() || rights == null) {
            session.detach(outlet, true); // it was never accepted, so neither was its will
            return;
        }
        replies.connack(outlet.buffer(), sessionPresent, connack);
        connection.accepted(client, session, rights, silenceMaxNanos());
        if (authentication != null) {
            authentication.accepted(rights);
        }
        session.resume(outlet);
        if (reception.hooks().listens(Event.ClientConnected.class)) {
            reception.hooks().fire(new Event.ClientConnected(client, sessionPresent));
        }
    }

    @Override
    public void refused(String text) {
        connection.refuse(client, ReasonCode.SERVER_UNAVAILABLE, text);
    }

    private Properties connackProperties() {
        if (connect.version() != ProtocolVersion.V5_0) {
            return Properties.EMPTY;
        }
        PropertiesBuilder properties = Properties.builder()
                .receiveMaximum(mqtt.receiveMaximum())
                .maximumPacketSize(mqtt.packetBytesMax())
                .topicAliasMaximum(mqtt.topicAliasMaximum());
        if (expirySeconds != Math.max(0, asked.properties().sessionExpirySeconds())) {
            properties.sessionExpirySeconds(expirySeconds); // [MQTT-3.2.2-21] is about keep alive; this is 3.2.2.3.2
        }
        announceFeatures(properties, mqtt.features());
        if (asked.clientId().isEmpty()) {
            properties.assignedClientId(clientId); // [MQTT-3.2.2-16]
        }
        if (keepAliveSeconds() != asked.keepAliveSeconds()) {
            properties.serverKeepAliveSeconds((int) keepAliveSeconds()); // [MQTT-3.2.2-21]
        }
        if (authentication != null) {
            authentication.describe(properties, authenticationData);
        }
        return properties.build();
    }

    private void announceFeatures(PropertiesBuilder properties, MqttConfig.Features features) {
        if (features.qosMaximum() < 2) {
            properties.maximumQos(features.qosMaximum()); // [MQTT-3.2.2-9]
        }
        if (!features.retain()) {
            properties.retainAvailable(false);
        }
        if (!features.wildcardSubscriptions()) {
            properties.wildcardSubscriptionAvailable(false);
        }
        if (!features.sharedSubscriptions()) {
            properties.sharedSubscriptionAvailable(false);
        }
        if (!features.subscriptionIdentifiers()) {
            properties.subscriptionIdAvailable(false);
        }
        String information = features.responseInformation();
        if (!information.isEmpty() && connect.properties().requestResponseInformation()) {
            properties.responseInformation(information); // [MQTT-3.1.2-28]
        }
    }

    private long keepAliveSeconds() {
        long most = mqtt.keepAliveMax().toSeconds();
        int wanted = connect.keepAliveSeconds();
        boolean replaced = most > 0 && (wanted == 0 || wanted > most) && connect.version() == ProtocolVersion.V5_0;
        return replaced ? most : wanted;
    }

    private long silenceMaxNanos() {
        return TimeUnit.MILLISECONDS.toNanos(keepAliveSeconds() * 1500); // [MQTT-3.1.2-24]
    }
}
