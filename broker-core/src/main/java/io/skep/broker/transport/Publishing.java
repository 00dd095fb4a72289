// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PublishFrame;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.PublishView;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Topic;
import io.skep.broker.session.Lane;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.ReplyType;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a client publishes, from PUBLISH to its acknowledgement. {@link #publish} is the life of a message, a line a
 * step; the steps after a hook that answers later are the same. Its end are the {@link Acknowledgements}.
 */
final class Publishing {

    private static final String NOT_UTF_8 = "payload: (expected: UTF-8, as it declares)";

    private final Connection connection;
    private final Reception reception;
    private final Lane lane;
    private final Session session;
    private final Rights rights;
    private final Acknowledgements acks;
    private final Inspection inspection;
    private final MqttConfig.Features features;
    private final boolean checksPayload;
    private int received;
    private Topic @Nullable [] aliases;

    Publishing(Connection connection, Client client, Session session, Rights rights) {
        this.connection = connection;
        this.reception = connection.reception();
        this.lane = connection.lane();

        this.session = session;
        this.rights = rights;
        features = reception.mqtt().features();
        checksPayload = reception.mqtt().payloadFormatCheck();
        acks = new Acknowledgements(connection, session);
        inspection = new Inspection(connection, this, client);
    }

    Acknowledgements acknowledgements() {
        return acks;
    }

    /** {@return the messages that wait for an extension} */
    Inspection inspection() {
        return inspection;
    }

    /** {@return how many PUBLISH packets came since the last call} */
    int takeReceived() {
        int count = received;
        received = 0;
        return count;
    }

    /** The life of a message. */
    void publish(PublishFrame frame) {
        received++;
        if (frame.qos() > features.qosMaximum()) {
            throw new MqttException(ReasonCode.QOS_NOT_SUPPORTED, "QoS: " + frame.qos()); // [MQTT-3.2.2-11]
        }
        if (frame.retain() && !features.retain()) {
            throw new MqttException(ReasonCode.RETAIN_NOT_SUPPORTED, "RETAIN: 1"); // [MQTT-3.2.2-14]
        }
        Topic topic = topic(frame);
        int qos = frame.qos();
        if (qos > 0 && !isNew(qos, frame.packetId())) {
            return;
        }
        if (checksPayload && !frame.isPayloadAsDeclared()) {
            int id = frame.packetId();
            inspection.then(() -> denyPayload(topic, qos, id));
        } else if (reception.hooks().interceptsPublish() || inspection.isWaiting()) {
            inspection.look(topic, frame);
        } else if (isAllowed(topic, qos, frame.retain())) {
            route(lane.inbound().begin(topic, frame, session, acks), qos, frame.packetId());
        } else {
            askThenRoute(topic, message(topic, frame), qos, frame.packetId());
        }
    }

    private Topic topic(PublishFrame frame) {
        int alias = frame.topicAlias();
        if (alias == 0) {
            return lane.topics().get(frame.buffer(), frame.topicStart(), frame.topicLength());
        }
        if (alias > reception.mqtt().topicAliasMaximum()) {
            throw new MqttException(ReasonCode.TOPIC_ALIAS_INVALID, "topic alias: " + alias + " (expected: less)");
        }
        if (aliases == null) {
            aliases = new Topic[reception.mqtt().topicAliasMaximum() + 1];
        }
        if (frame.topicLength() > 0) {
            aliases[alias] = lane.topics().get(frame.buffer(), frame.topicStart(), frame.topicLength());
        }
        Topic topic = aliases[alias];
        if (topic == null) {
            throw new MqttException(ReasonCode.PROTOCOL_ERROR, "topic alias: " + alias + " (expected: one set before)");
        }
        return topic;
    }

    /** Counts a QoS 1 or 2 message; a repeated QoS 2 message ends here, and one of a client that is held. */
    private boolean isNew(int qos, int id) {
        if (acks.isHeld()) {
            return false;
        }
        acks.count(qos, id);
        if (qos == 2 && (session.inbound().contains(id) || inspection.contains(id))) {
            inspection.then(() -> acks.acknowledge(2, id, 0, acks.taken(id))); // [MQTT-4.3.3-2]
            return false;
        }
        acks.pauseIfFull();
        return true;
    }

    private boolean isAllowed(Topic topic, int qos, boolean retain) {
        return !Topic.isReserved(topic.name()) && (rights.coverEverything() || rights.remember(topic, qos, retain));
    }

    private static Message message(Topic topic, PublishFrame frame) {
        byte[] payload = new byte[frame.payloadLength()];
        frame.buffer().getBytes(frame.payloadStart(), payload);
        long expiry = frame.expirySeconds();
        return new Message(
                topic.name(),
                payload,
                frame.forwardableProperties(),
                frame.qos(),
                frame.retain(),
                expiry < 0 ? 0 : System.currentTimeMillis() + expiry * 1000);
    }

    /** Matches, delivers, and acknowledges what need not wait. */
    private void route(Publication publication, int qos, int id) {
        if (qos == 2) {
            session.inbound().add(id);
        }
        boolean matched = reception.router().publish(publication);
        if (qos == 0) {
            Receipt retained = finish(publication);
            if (retained != null) {
                acks.acknowledge(0, 0, 0, retained); // nothing to send, but a bound on what waits for the disk
            }
            return;
        }
        Receipt stored = qos == 2 && session.isDurable() ? publication.receipt() : null;
        if (stored != null) {
            stored.expect();
            stored.add(session.inbound().part(id));
        }
        Receipt receipt = finish(publication);
        acks.acknowledge(qos, id, matched ? 0 : ReasonCode.NO_MATCHING_SUBSCRIBERS.code(), receipt);
    }

    private static @Nullable Receipt finish(Publication publication) {
        Receipt receipt = publication.receiptIfAny();
        publication.end();
        if (receipt != null) {
            receipt.routed();
        }
        return receipt;
    }

    private void askThenRoute(Topic topic, Message message, int ackQos, int id) {
        if (Topic.isReserved(topic.name())) {
            deny(topic, ackQos, id, ReasonCode.NOT_AUTHORIZED, "topic: the broker's own");
            return;
        }
        if (rights.coverEverything() || rights.remember(topic, message.qos(), message.retain())) {
            route(lane.inbound().begin(topic, message, session, acks), ackQos, id);
            return;
        }
        inspection.hold();
        rights.askPublish(topic, message.qos(), message.retain(), decision -> {
            if (connection.isClosed()) {
                return;
            }
            if (decision instanceof Decision.Deny deny) {
                ReasonCode reason = ReplyType.PUBACK.nearest(deny.reason(), ReasonCode.NOT_AUTHORIZED);
                deny(topic, ackQos, id, reason, deny.text());
            } else {
                route(lane.inbound().begin(topic, message, session, acks), ackQos, id);
            }
            inspection.goOn();
        });
    }

    private void denyPayload(Topic topic, int qos, int id) {
        if (qos == 0) { // there is no acknowledgement to say it with
            dropped(Metric.DROPPED_PAYLOAD_FORMAT, topic);
            throw new MqttException(ReasonCode.PAYLOAD_FORMAT_INVALID, NOT_UTF_8); // [U5-3.3.2-2]
        }
        deny(topic, qos, id, ReasonCode.PAYLOAD_FORMAT_INVALID, NOT_UTF_8);
    }

    private void deny(Topic topic, int qos, int id, ReasonCode reason, String text) {
        boolean format = reason == ReasonCode.PAYLOAD_FORMAT_INVALID;
        dropped(format ? Metric.DROPPED_PAYLOAD_FORMAT : Metric.DROPPED_NOT_AUTHORIZED, topic);
        acks.deny(qos, id, reason, text);
    }

    /** Nobody gets the message: that is counted, and told to whoever listens. */
    private void dropped(Metric reason, Topic topic) {
        reception.metrics().increment(reason);
        if (reception.hooks().listens(Event.MessageDropped.class)) {
            String name = new String(topic.name(), StandardCharsets.UTF_8);
            reception.hooks().fire(new Event.MessageDropped(session.clientId(), name, reason.name()));
        }
    }

    /**
     * Goes on with a message that extensions have looked at.
     *
     * @param view still on the inbound buffer, if they answered at once
     */
    void intercepted(Topic topic, PublishView view, PublishAnswer answer, int qos, int id) {
        if (answer instanceof PublishAnswer.Change change) {
            Publish changed = change.publish();
            Message message = PublishView.messageOf(changed);
            askThenRoute(Topic.of(message.topic()), message, qos, id);
        } else if (answer instanceof PublishAnswer.Deny deny) {
            deny(topic, qos, id, deny.reason(), deny.text());
        } else if (answer == PublishAnswer.drop()) {
            dropped(Metric.DROPPED_BY_PUBLISH_INTERCEPTOR, topic);
            if (qos > 0) {
                acks.acknowledge(qos, id, 0, qos == 2 ? acks.taken(id) : null);
            }
        } else {
            PublishFrame frame = view.frame();
            if (frame != null && isAllowed(topic, qos, frame.retain())) {
                route(lane.inbound().begin(topic, frame, session, acks), qos, id);
            } else {
                askThenRoute(topic, view.message(), qos, id);
            }
        }
    }
}
