// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.Topics;
import io.skep.broker.codec.Unsubscribe;
import io.skep.broker.hook.HookChains;
import io.skep.broker.session.Outlet;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.ReplyType;
import io.skep.sdk.packet.UnsubscribeRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** UNSUBSCRIBE. The connection is paused until the answer is out. Lives on its loop. */
final class Unsubscribing {

    private final Connection connection;
    private final Client client;
    private final Session session;
    private final HookChains hooks;

    Unsubscribing(Connection connection, Client client, Session session) {
        this.connection = connection;
        this.client = client;
        this.session = session;
        this.hooks = connection.reception().hooks();
    }

    /** An UNSUBSCRIBE under way: what is left of its filters, and a reason code for each. */
    private static final class Request {

        private final Unsubscribe packet;
        private final List<UserProperty> userProperties;
        private final byte[] reasonCodes;
        private final List<byte[]> filters = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>(); // of these filters in the packet
        private String refusal = "";
        private int decided;
        private boolean deciding;
        private boolean waiting;

        Request(Unsubscribe packet) {
            this.packet = packet;
            userProperties = packet.properties().userProperties();
            reasonCodes = new byte[packet.filters().size()];
        }

        void keep(byte[] filter) {
            filters.add(filter);
            places.add(decided);
            next();
        }

        void refuse(ReasonCode reason, String text) {
            reasonCodes[decided] = (byte) reason.code();
            refusal = refusal.isEmpty() ? text : refusal;
            next();
        }

        private void next() {
            decided++;
            waiting = false;
        }
    }

    void unsubscribe(Unsubscribe packet) {
        connection.pause();
        Request request = new Request(packet);
        if (hooks.interceptsUnsubscribe()) {
            showAll(request);
        } else {
            packet.filters().forEach(request::keep);
            remove(request);
        }
    }

    /** Goes from filter to filter, and on when an answer comes later. No recursion: a packet may have many filters. */
    private void showAll(Request request) {
        if (request.deciding) {
            return; // the loop below sees that the answer has come
        }
        request.deciding = true;
        List<byte[]> filters = request.packet.filters();
        while (!connection.isClosed() && !request.waiting && request.decided < filters.size()) {
            request.waiting = true;
            show(request, filters.get(request.decided));
        }
        request.deciding = false;
        if (!connection.isClosed() && !request.waiting) {
            remove(request);
        }
    }

    private void show(Request request, byte[] filter) {
        String text = new String(filter, StandardCharsets.UTF_8);
        UnsubscribeRequest shown = new UnsubscribeRequest(text, request.userProperties);
        hooks.intercept(client, shown, connection.lane().loop(), answer -> {
            if (answer instanceof Interception.Deny<UnsubscribeRequest> deny) {
                ReasonCode reason = ReplyType.UNSUBACK.nearest(deny.reason(), ReasonCode.UNSPECIFIED_ERROR);
                request.refuse(reason, deny.text());
            } else if (answer instanceof Interception.Change<UnsubscribeRequest> change) {
                replace(request, change.request().topicFilter().getBytes(StandardCharsets.UTF_8));
            } else {
                request.keep(filter);
            }
            showAll(request);
        });
    }

    private static void replace(Request request, byte[] filter) {
        try {
            Topics.checkFilter(filter);
            request.keep(filter);
        } catch (MqttException e) {
            request.refuse(ReasonCode.TOPIC_FILTER_INVALID, "");
        }
    }

    private void remove(Request request) {
        session.subscriptions().remove(request.filters, existed -> {
            if (connection.isClosed()) {
                tell(request.filters, existed);
                return;
            }
            for (int i = 0; i < existed.length; i++) {
                int none = ReasonCode.NO_SUBSCRIPTION_EXISTED.code();
                request.reasonCodes[request.places.get(i)] = (byte) (existed[i] ? 0 : none);
            }
            Outlet outlet = connection.outlet();
            String text = EventLog.line(request.refusal);
            outlet.replies().unsuback(outlet.buffer(), request.packet.packetId(), request.reasonCodes, text);
            tell(request.filters, existed);
            connection.resume();
        });
    }

    private void tell(List<byte[]> filters, boolean[] existed) {
        if (!hooks.listens(Event.ClientUnsubscribed.class)) {
            return;
        }
        for (int i = 0; i < existed.length; i++) {
            if (existed[i]) {
                String filter = new String(filters.get(i), StandardCharsets.UTF_8);
                hooks.fire(new Event.ClientUnsubscribed(client, filter));
            }
        }
    }
}
