// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import java.util.ArrayList;
import java.util.List;

/** Reads SUBSCRIBE and UNSUBSCRIBE. */
final class SubscriptionReader {

    private static final int RETAIN_AS_PUBLISHED_BIT = 0x08;
    private static final int NO_LOCAL_BIT = 0x04;

    private final PacketBody body;
    private final boolean v5;
    private final boolean bridge;

    SubscriptionReader(PacketBody body, boolean v5, boolean bridge) {
        this.body = body;
        this.v5 = v5;
        this.bridge = bridge;
    }

    Subscribe subscribe() {
        int packetId = body.packetId();
        Properties properties = properties(PacketType.SUBSCRIBE);
        List<SubscribeFilter> filters = new ArrayList<>(1);
        do {
            byte[] filter = filter(); // [MQTT-3.8.3-2]
            int options = body.oneByte("subscription options");
            filters.add(v5 ? withOptions(filter, options) : withQos(filter, options));
        } while (!body.isAtEnd());
        return new Subscribe(packetId, properties.subscriptionId(), properties, List.copyOf(filters));
    }

    Unsubscribe unsubscribe() {
        int packetId = body.packetId();
        Properties properties = properties(PacketType.UNSUBSCRIBE);
        List<byte[]> filters = new ArrayList<>(1);
        do {
            filters.add(filter()); // [MQTT-3.10.3-2]
        } while (!body.isAtEnd());
        return new Unsubscribe(packetId, properties, List.copyOf(filters));
    }

    private Properties properties(PacketType type) {
        return v5 ? body.properties(Property.In.packet(type)) : Properties.EMPTY;
    }

    private byte[] filter() {
        if (body.isAtEnd()) {
            throw MqttException.protocolError("topic filters: none (expected: at least one)");
        }
        byte[] filter = body.binary("topic filter");
        Topics.checkFilter(filter);
        return filter;
    }

    private static SubscribeFilter withOptions(byte[] filter, int options) {
        if ((options & 0xC0) != 0) {
            throw MqttException.malformed("subscription options: reserved bits (expected: 0)"); // [MQTT-3.8.3-5]
        }
        int retainHandling = options >> 4;
        if (retainHandling == 3) {
            throw MqttException.protocolError("Retain Handling: 3 (expected: 0, 1 or 2)");
        }
        boolean noLocal = (options & NO_LOCAL_BIT) != 0;
        if (noLocal && Topics.isShared(filter)) {
            throw MqttException.protocolError("No Local: 1 (expected: 0 on a shared subscription)"); // [MQTT-3.8.3-4]
        }
        boolean retainAsPublished = (options & RETAIN_AS_PUBLISHED_BIT) != 0;
        return new SubscribeFilter(filter, qos(options & 3), noLocal, retainAsPublished, retainHandling);
    }

    private SubscribeFilter withQos(byte[] filter, int options) {
        if ((options & 0xFC) != 0) {
            throw MqttException.malformed("requested QoS: reserved bits (expected: 0)"); // [MQTT-3.8.3-4] of 3.1.1
        }
        return new SubscribeFilter(filter, qos(options), bridge && !Topics.isShared(filter), bridge, 0);
    }

    private static int qos(int qos) {
        if (qos == 3) {
            throw MqttException.protocolError("requested QoS: 3 (expected: 0, 1 or 2)");
        }
        return qos;
    }
}
