// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.Subscribe;
import io.skep.broker.codec.SubscribeFilter;
import io.skep.broker.codec.Topics;
import io.skep.broker.codec.Unsubscribe;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.TopicLimits;
import io.skep.broker.session.Outlet;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SUBSCRIBE and UNSUBSCRIBE. The connection is paused until the answer is out, so that what a client does next sees
 * what it did before: SUBACK first, then retained messages, then others.
 */
final class Subscribing {

    private final Connection connection;
    private final Client client;
    private final Session session;
    private final Rights rights;
    private final MqttConfig mqtt;
    private final TopicLimits limits;

    Subscribing(Connection connection, Client client, Session session, Rights rights) {
        this.connection = connection;
        this.client = client;
        this.session = session;
        this.rights = rights;
        this.mqtt = connection.reception().mqtt();
        this.limits = connection.reception().topicLimits();
    }

    void subscribe(Subscribe packet) {
        for (SubscribeFilter filter : packet.filters()) {
            limits.checkFilter(filter.filter());
        }
        if (client.version() == ProtocolVersion.V5_0) {
            checkFeatures(packet);
            checkAnswer(packet.filters().size());
        }
        connection.pause();
        decideAll(new Request(packet));
    }

    /** A SUBSCRIBE under way: one reason code a filter, and what is granted so far. */
    private static final class Request {

        private final Subscribe packet;
        private final byte[] reasonCodes;
        private final List<Subscription> granted = new ArrayList<>();
        private String refusal = "";
        private final Set<ByteBuffer> names = new HashSet<>();
        private final List<Subscription> wantRetained = new ArrayList<>();

        private int decided;
        private boolean deciding;
        private boolean waiting;

        Request(Subscribe packet) {
            this.packet = packet;
            reasonCodes = new byte[packet.filters().size()];
        }

        void answer(int reasonCode) {
            reasonCodes[decided] = (byte) reasonCode;
            decided++;
            waiting = false;
        }
    }

    /** An MQTT 5.0 client was told by CONNACK what is not there. */
    private void checkFeatures(Subscribe packet) {
        if (packet.subscriptionId() != 0 && !mqtt.features().subscriptionIdentifiers()) {
            throw new MqttException(ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, "subscription identifier");
        }
        for (SubscribeFilter filter : packet.filters()) {
            ReasonCode missing = missingFeature(filter);
            if (missing != null) {
                throw new MqttException(missing, "topic filter: not supported");
            }
        }
    }

    private @Nullable ReasonCode missingFeature(SubscribeFilter filter) {
        boolean shared = Topics.isShared(filter.filter());
        if (shared && !mqtt.features().sharedSubscriptions()) {
            return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (!mqtt.features().wildcardSubscriptions() && Topics.hasWildcard(filter.filter())) {
            return ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        return null;
    }

    /** Goes from filter to filter, and on when an answer comes later. No recursion: a packet may have many filters. */
    private void decideAll(Request request) {
        if (request.deciding) {
            return; // the loop below sees that the answer has come
        }
        request.deciding = true;
        List<SubscribeFilter> filters = request.packet.filters();
        while (!connection.isClosed() && !request.waiting && request.decided < filters.size()) {
            request.waiting = true;
            decide(request, filters.get(request.decided));
        }
        request.deciding = false;
        if (!connection.isClosed() && !request.waiting) {
            grant(request);
        }
    }

    private void decide(Request request, SubscribeFilter filter) {
        ReasonCode missing = missingFeature(filter); // of a 3.x client, which could not know
        if (missing != null) {
            request.answer(missing.code()); // [MQTT-3.8.3-2]
            return;
        }
        if (rights.coverEverything()) {
            request.answer(allow(request, filter));
            return;
        }
        String text = new String(filter.filter(), StandardCharsets.UTF_8);
        String topics = Topics.isShared(filter.filter()) ? text.split("/", 3)[2] : text;
        Operation operation = new Operation(Action.SUBSCRIBE, topics, Qos.of(filter.qos()), false);
        rights.ask(operation, decision -> {
            request.answer(decision instanceof Decision.Allow ? allow(request, filter) : refuse(request, decision));
            decideAll(request);
        });
    }

    private static int refuse(Request request, Decision decision) {
        if (request.refusal.isEmpty() && decision instanceof Decision.Deny deny) {
            request.refusal = deny.text();
        }
        return ReasonCode.NOT_AUTHORIZED.code();
    }

    /** Returns the granted QoS. */
    private int allow(Request request, SubscribeFilter filter) {
        int qos = Math.min(filter.qos(), mqtt.features().qosMaximum()); // [MQTT-3.2.2-10]
        int flags = qos | (filter.noLocal() ? 4 : 0) | (filter.retainAsPublished() ? 8 : 0);
        Subscription subscription = new Subscription(session, filter.filter(), flags, request.packet.subscriptionId());
        boolean isFirst = request.names.add(ByteBuffer.wrap(filter.filter())); // of this packet [MQTT-3.8.4-5]
        boolean isNew = isFirst && !session.subscriptions().contains(filter.filter());
        if (filter.retainHandling() == 0 || (filter.retainHandling() == 1 && isNew)) { // [MQTT-3.3.1-10]
            request.wantRetained.add(subscription);
        }
        request.granted.add(subscription);
        return qos;
    }

    private void grant(Request request) {
        session.subscriptions().add(request.granted, () -> {
            if (connection.isClosed()) {
                return;
            }
            Outlet outlet = connection.outlet();
            int id = request.packet.packetId();
            connection.explain(
                    request.refusal,
                    properties -> PacketEncoder.suback( // [MQTT-3.8.4-2]
                            outlet.buffer(), client.version(), id, request.reasonCodes, properties));
            request.wantRetained.forEach(session.subscriptions()::sendRetained);
            connection.resume();
        });
    }

    /** The answer has a reason code for each filter, and a client says how large a packet it takes. */
    private void checkAnswer(int filters) {
        if (!connection.outlet().accepts(PacketEncoder.subackBytes(filters))) {
            throw new MqttException( // [MQTT-3.1.2-24]
                    ReasonCode.PACKET_TOO_LARGE, "topic filters: " + filters + " (expected: so few that SUBACK fits)");
        }
    }

    void unsubscribe(Unsubscribe packet) {
        if (client.version() == ProtocolVersion.V5_0) {
            checkAnswer(packet.filters().size());
        }
        connection.pause();
        session.subscriptions().remove(packet.filters(), existed -> {
            if (connection.isClosed()) {
                return;
            }
            byte[] reasonCodes = new byte[existed.length];
            for (int i = 0; i < existed.length; i++) {
                reasonCodes[i] = (byte) (existed[i] ? 0 : ReasonCode.NO_SUBSCRIPTION_EXISTED.code());
            }
            Outlet outlet = connection.outlet();
            PacketEncoder.unsuback(outlet.buffer(), client.version(), packet.packetId(), reasonCodes);
            connection.resume();
        });
    }
}
