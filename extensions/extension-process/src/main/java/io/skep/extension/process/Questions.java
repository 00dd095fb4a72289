// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.event.Event;
import io.skep.sdk.publish.Publish;
import java.net.InetAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the program is asked and told, as messages. */
final class Questions {

    private Questions() {}

    static Wire.Call.Builder login(Login login) {
        return Wire.Call.newBuilder().setClient(client(login.client())).setLogin(said(login));
    }

    /** What a client says in an exchange; its login is told with its first words only. */
    static Wire.Call.Builder authentication(String method, long begunBy, Login login, byte[] data) {
        Wire.Authentication.Builder wire = Wire.Authentication.newBuilder()
                .setBegunBy(begunBy)
                .setMethod(method)
                .setData(ByteString.copyFrom(data));
        if (begunBy == 0) {
            wire.setLogin(said(login));
        }
        return Wire.Call.newBuilder().setClient(client(login.client())).setAuthentication(wire);
    }

    private static Wire.Login.Builder said(Login login) {
        Wire.Login.Builder wire = Wire.Login.newBuilder();
        byte[] password = login.password();
        if (password != null) {
            wire.setPassword(ByteString.copyFrom(password));
        }
        for (X509Certificate certificate : login.client().certificates()) {
            try {
                wire.addCertificates(ByteString.copyFrom(certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("certificate: of no encoding, although TLS has read it", e);
            }
        }
        return wire;
    }

    static Wire.Call.Builder operation(Client client, Operation operation) {
        Wire.Operation.Builder wire = Wire.Operation.newBuilder()
                .setAction(
                        operation.action() == Action.PUBLISH
                                ? Wire.Action.ACTION_PUBLISH
                                : Wire.Action.ACTION_SUBSCRIBE)
                .setTopic(operation.topic())
                .setQos(operation.qos().ordinal())
                .setRetain(operation.retain());
        return Wire.Call.newBuilder().setClient(client(client)).setOperation(wire);
    }

    /** Of a publish that stays valid until the call is sent. */
    static Wire.Call.Builder publish(Client client, Publish publish) {
        return Wire.Call.newBuilder().setClient(client(client)).setPublish(message(publish));
    }

    static Wire.Publish.Builder message(Publish publish) {
        Wire.Publish.Builder wire = Wire.Publish.newBuilder()
                .setTopic(publish.topic())
                .setPayload(UnsafeByteOperations.unsafeWrap(publish.payload()))
                .setQos(publish.qos().ordinal())
                .setRetain(publish.retain())
                .setPayloadIsText(publish.payloadIsText());
        if (publish.expirySeconds() >= 0) {
            wire.setExpirySeconds((int) publish.expirySeconds()); // the bits of an unsigned number
        }
        if (publish.contentType() != null) {
            wire.setContentType(publish.contentType());
        }
        if (publish.responseTopic() != null) {
            wire.setResponseTopic(publish.responseTopic());
        }
        if (publish.correlationData() != null) {
            wire.setCorrelationData(UnsafeByteOperations.unsafeWrap(publish.correlationData()));
        }
        return wire.addAllUserProperties(userProperties(publish.userProperties()));
    }

    static List<Wire.UserProperty> userProperties(List<UserProperty> properties) {
        return properties.stream()
                .map(each -> Wire.UserProperty.newBuilder()
                        .setName(each.name())
                        .setValue(each.value())
                        .build())
                .toList();
    }

    /** {@return the event, or null if the protocol does not know it} */
    static Wire.@Nullable Event event(Event event) {
        Wire.Event.Builder wire = Wire.Event.newBuilder().setTimeMillis(System.currentTimeMillis());
        if (event instanceof Event.ClientConnected connected) {
            wire.setClientConnected(Wire.ClientConnected.newBuilder()
                    .setClient(client(connected.client()))
                    .setSessionPresent(connected.sessionPresent()));
        } else if (event instanceof Event.ClientRefused refused) {
            wire.setClientRefused(gone(refused.client(), refused.reason(), ""));
        } else if (event instanceof Event.ClientDisconnected gone) {
            wire.setClientDisconnected(gone(gone.client(), gone.reason(), gone.text()));
        } else if (event instanceof Event.SessionCreated created) {
            wire.setSessionCreated(Wire.Session.newBuilder().setClientId(created.clientId()));
        } else if (event instanceof Event.SessionEnded ended) {
            wire.setSessionEnded(Wire.Session.newBuilder().setClientId(ended.clientId()));
        } else if (event instanceof Event.MessageDropped dropped) {
            wire.setMessageDropped(Wire.MessageDropped.newBuilder()
                    .setClientId(dropped.clientId())
                    .setTopic(dropped.topic())
                    .setReason(dropped.reason())
                    .setSharedFilter(Objects.requireNonNullElse(dropped.sharedFilter(), "")));
        } else if (event instanceof Event.SessionResumed resumed) {
            wire.setSessionResumed(Wire.Session.newBuilder().setClientId(resumed.clientId()));
        } else if (event instanceof Event.ClientSubscribed subscribed) {
            wire.setClientSubscribed(subscription(subscribed.client(), subscribed.topicFilter())
                    .setQos(subscribed.qos().ordinal()));
        } else if (event instanceof Event.ClientUnsubscribed unsubscribed) {
            wire.setClientUnsubscribed(subscription(unsubscribed.client(), unsubscribed.topicFilter()));
        } else {
            return null;
        }
        return wire.build();
    }

    private static Wire.ClientSubscription.Builder subscription(Client client, String topicFilter) {
        return Wire.ClientSubscription.newBuilder().setClient(client(client)).setTopicFilter(topicFilter);
    }

    private static Wire.ClientGone.Builder gone(Client client, ReasonCode reason, String text) {
        return Wire.ClientGone.newBuilder()
                .setClient(client(client))
                .setReasonCode(reason.code())
                .setText(text);
    }

    static Wire.Client.Builder client(Client client) {
        InetAddress address = client.address().getAddress();
        Wire.Client.Builder wire = Wire.Client.newBuilder()
                .setId(client.id())
                .setAddress(address == null ? client.address().getHostString() : address.getHostAddress())
                .setPort(client.address().getPort())
                .setProtocolLevel(client.version().level())
                .setListener(client.listener());
        if (client.userName() != null) {
            wire.setUserName(client.userName());
        }
        return wire;
    }
}
