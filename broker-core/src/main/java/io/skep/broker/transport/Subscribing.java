// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.Subscribe;
import io.skep.broker.codec.SubscribeFilter;
import io.skep.broker.codec.Topics;
import io.skep.broker.codec.Unsubscribe;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.TopicLimits;
import io.skep.broker.session.Outlet;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.ReplyType;
import io.skep.sdk.packet.SubscribeRequest;
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
    private final HookChains hooks;
    private final Unsubscribing unsubscribing;
    private final MqttConfig mqtt;
    private final TopicLimits limits;

    Subscribing(Connection connection, Client client, Session session, Rights rights) {
        this.connection = connection;
        this.client = client;
        this.session = session;
        this.rights = rights;
        this.hooks = connection.reception().hooks();
        this.unsubscribing = new Unsubscribing(connection, client, session);
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

        void refuse(ReasonCode reason, String text, ReasonCode otherwise) {
            refusal = refusal.isEmpty() ? text : refusal;
            answer(ReplyType.SUBACK.nearest(reason, otherwise).code());
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
        int id = request.packet.subscriptionId();
        if (hooks.interceptsSubscribe()) {
            List<UserProperty> userProperties = request.packet.properties().userProperties();
            SubscribeRequest shown = SubscribeViews.of(filter, id, userProperties);
            hooks.intercept(client, shown, connection.lane().loop(), answer -> intercepted(request, filter, answer));
        } else {
            authorize(request, filter, id);
        }
    }

    private void intercepted(Request request, SubscribeFilter filter, Interception<SubscribeRequest> answer) {
        if (connection.isClosed()) {
            return;
        }
        if (answer instanceof Interception.Deny<SubscribeRequest> deny) {
            request.refuse(deny.reason(), deny.text(), ReasonCode.UNSPECIFIED_ERROR);
            decideAll(request);
        } else if (answer instanceof Interception.Change<SubscribeRequest> change) {
            change(request, change.request());
        } else {
            authorize(request, filter, request.packet.subscriptionId());
        }
    }

    private void change(Request request, SubscribeRequest changed) {
        try {
            SubscribeFilter filter = SubscribeViews.filter(changed);
            limits.checkFilter(filter.filter());
            authorize(request, filter, changed.subscriptionId());
        } catch (MqttException e) {
            request.refuse(ReasonCode.TOPIC_FILTER_INVALID, "", ReasonCode.UNSPECIFIED_ERROR);
            decideAll(request);
        }
    }

    private void authorize(Request request, SubscribeFilter filter, int subscriptionId) {
        if (rights.coverEverything()) {
            request.answer(allow(request, filter, subscriptionId));
            decideAll(request);
            return;
        }
        String text = new String(filter.filter(), StandardCharsets.UTF_8);
        String topics = Topics.isShared(filter.filter()) ? text.split("/", 3)[2] : text;
        Operation operation = new Operation(Action.SUBSCRIBE, topics, Qos.of(filter.qos()), false);
        rights.ask(operation, decision -> {
            if (decision instanceof Decision.Deny deny) {
                request.refuse(deny.reason(), deny.text(), ReasonCode.NOT_AUTHORIZED);
            } else {
                request.answer(allow(request, filter, subscriptionId));
            }
            decideAll(request);
        });
    }

    /** Returns the granted QoS. */
    private int allow(Request request, SubscribeFilter filter, int subscriptionId) {
        int qos = Math.min(filter.qos(), mqtt.features().qosMaximum()); // [MQTT-3.2.2-10]
        int flags = qos | (filter.noLocal() ? 4 : 0) | (filter.retainAsPublished() ? 8 : 0);
        Subscription subscription = new Subscription(session, filter.filter(), flags, subscriptionId);
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
                tell(request.granted); // they are in effect all the same
                return;
            }
            Outlet outlet = connection.outlet();
            int id = request.packet.packetId();
            String text = EventLog.line(request.refusal);
            outlet.replies().suback(outlet.buffer(), id, request.reasonCodes, text); // [MQTT-3.8.4-2]
            request.wantRetained.forEach(session.subscriptions()::sendRetained);
            tell(request.granted);
            connection.resume();
        });
    }

    private void tell(List<Subscription> granted) {
        if (hooks.listens(Event.ClientSubscribed.class)) {
            for (Subscription each : granted) {
                String filter = new String(each.filter(), StandardCharsets.UTF_8);
                hooks.fire(new Event.ClientSubscribed(client, filter, Qos.of(each.qos())));
            }
        }
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
        unsubscribing.unsubscribe(packet);
    }
}
