// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import com.google.protobuf.ByteString;
import io.skep.sdk.Client;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.UnsubscribeRequest;
import io.skep.sdk.publish.Publish;
import java.time.Duration;

/** CONNECT, SUBSCRIBE and UNSUBSCRIBE as messages, and what the program changes of them. */
final class Requests {

    private Requests() {}

    static Wire.Call.Builder connect(ConnectRequest request) {
        Wire.Connect.Builder wire = Wire.Connect.newBuilder()
                .setCleanStart(request.cleanStart())
                .setKeepAliveSeconds(request.keepAliveSeconds())
                .addAllUserProperties(Questions.userProperties(request.userProperties()));
        byte[] password = request.password();
        if (password != null) {
            wire.setPassword(ByteString.copyFrom(password));
        }
        if (request.sessionExpirySeconds() >= 0) {
            wire.setSessionExpirySeconds((int) request.sessionExpirySeconds()); // the bits of an unsigned number
        }
        Publish will = request.will();
        if (will != null) {
            wire.setWill(Questions.message(will.copy()));
        }
        return Wire.Call.newBuilder()
                .setClient(Questions.client(request.client()))
                .setConnect(wire);
    }

    static Wire.Call.Builder subscribe(Client client, SubscribeRequest request) {
        return Wire.Call.newBuilder()
                .setClient(Questions.client(client))
                .setSubscribe(Wire.Subscribe.newBuilder()
                        .setTopicFilter(request.topicFilter())
                        .setQos(request.options().qos().ordinal())
                        .setNoLocal(request.options().noLocal())
                        .setRetainAsPublished(request.options().retainAsPublished())
                        .setSubscriptionId(request.subscriptionId())
                        .addAllUserProperties(Questions.userProperties(request.userProperties())));
    }

    static Wire.Call.Builder unsubscribe(Client client, UnsubscribeRequest request) {
        return Wire.Call.newBuilder()
                .setClient(Questions.client(client))
                .setUnsubscribe(Wire.Unsubscribe.newBuilder()
                        .setTopicFilter(request.topicFilter())
                        .addAllUserProperties(Questions.userProperties(request.userProperties())));
    }

    static ConnectRequest changed(Wire.Change change, ConnectRequest request) {
        ConnectRequest changed = request;
        if (change.hasClientId()) {
            changed = changed.withClientId(change.getClientId());
        }
        if (change.hasUserName() || change.hasPassword()) {
            changed = changed.withCredentials(
                    change.hasUserName()
                            ? change.getUserName()
                            : request.client().userName(),
                    change.hasPassword() ? change.getPassword().toByteArray() : request.password());
        }
        if (change.hasCleanStart()) {
            changed = changed.withCleanStart(change.getCleanStart());
        }
        if (change.hasKeepAliveSeconds()) {
            changed = changed.withKeepAliveSeconds(change.getKeepAliveSeconds());
        }
        if (change.hasSessionExpirySeconds()) {
            changed = changed.withSessionExpiry(
                    Duration.ofSeconds(Integer.toUnsignedLong(change.getSessionExpirySeconds())));
        }
        if (change.getWithoutWill()) {
            changed = changed.withWill(null, 0);
        }
        return change.hasUserProperties() ? changed.withUserProperties(Answers.userProperties(change)) : changed;
    }

    static SubscribeRequest changed(Wire.Change change, SubscribeRequest request) {
        SubscribeRequest changed = change.hasTopic() ? request.withTopicFilter(change.getTopic()) : request;
        return change.hasQos() ? changed.withQos(Answers.qos(change.getQos())) : changed;
    }

    static UnsubscribeRequest changed(Wire.Change change, UnsubscribeRequest request) {
        return change.hasTopic() ? request.withTopicFilter(change.getTopic()) : request;
    }
}
