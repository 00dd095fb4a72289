// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a client does, said to the model and sent to the broker. Where it makes no sense, as in a list that
 * lost steps before it, nothing happens: so each part of a list of steps is one, too.
 */
sealed interface Step extends Event {

    /** Longer than any test. */
    int LONG_SECONDS = 3600;

    /** {@return the steps that it consists of, each with what comes of it} */
    default List<Step> parts(Scene scene) {
        return List.of(this);
    }

    /** A will of a CONNECT. */
    record Testament(String topic, String payload, int qos, boolean retain, boolean delayed) {}

    /** A filter of a SUBSCRIBE. */
    record Request(String filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {

        Subscription subscription(boolean v5, int id) {
            return new Subscription(filter, qos, v5 && noLocal(), v5 && retainAsPublished, v5 ? id : 0);
        }

        int options(boolean v5) {
            return v5 ? qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | retainHandling << 4 : qos;
        }
    }

    /**
     * CONNECT, also beside a connection with the same client id.
     *
     * @param kept whether the session is to outlive the connection; in 3.1.1 that is the contrary of clean
     * @param receiveMaximum 0 for none
     */
    record Connect(
            int client,
            boolean v5,
            boolean clean,
            boolean kept,
            int receiveMaximum,
            @Nullable Testament will) implements Step {

        @Override
        public void play(Scene scene) {
            String id = scene.clientId(client);
            Link link = scene.model().connect(id, v5, clean, v5 && receiveMaximum > 0 ? receiveMaximum : 0xFFFF);
            link.sessionOutlivesIt = v5 ? kept : !clean;
            if (will != null) {
                Message message = new Message(id, will.topic, will.payload, will.qos, will.retain, "");
                link.will = new Will(message, v5 && will.delayed);
            }
            scene.wires().open(link, v5 ? packet5(id) : packet3(id));
        }

        private byte[] packet3(String id) {
            io.skep.conformance.wire.Connect connect = clean
                    ? io.skep.conformance.wire.Connect.clean(id)
                    : io.skep.conformance.wire.Connect.persistent(id);
            return (will == null ? connect : connect.will(will.qos, will.retain, will.topic, will.payload)).packed();
        }

        private byte[] packet5(String id) {
            io.skep.conformance.wire.Connect5 connect =
                    io.skep.conformance.wire.Connect5.clean(id).withFlags(clean ? 2 : 0);
            if (kept) {
                connect = connect.with(Props.four(Props.SESSION_EXPIRY_INTERVAL, LONG_SECONDS));
            }
            if (receiveMaximum > 0) {
                connect = connect.with(Props.two(Props.RECEIVE_MAXIMUM, receiveMaximum));
            }
            if (will != null) {
                byte[] delay = Props.four(Props.WILL_DELAY_INTERVAL, will.delayed ? LONG_SECONDS : 0);
                connect = connect.will(will.qos, will.retain, will.topic, will.payload, delay);
            }
            return connect.packed();
        }
    }

    /** SUBSCRIBE. */
    record Subscribe(int client, int id, List<Request> requests, int subscriptionId) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link == null) {
                return;
            }
            List<Object> fields = new ArrayList<>(List.of(Packets.twoBytes(id)));
            if (link.v5) {
                fields.add(
                        subscriptionId == 0
                                ? Props.of()
                                : Props.of(Props.variable(Props.SUBSCRIPTION_IDENTIFIER, subscriptionId)));
            }
            for (Request request : requests) {
                fields.add(request.filter);
                fields.add(request.options(link.v5));
            }
            scene.wires().send(link, Packets.packet(0x82, fields.toArray()));
            scene.model().subscribe(link, id, requests, subscriptionId);
        }
    }

    /** UNSUBSCRIBE. */
    record Unsubscribe(int client, int id, List<String> filters) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link != null) {
                String[] all = filters.toArray(String[]::new);
                scene.wires().send(link, link.v5 ? Packets5.unsubscribe(id, all) : Packets.unsubscribe(id, all));
                scene.model().unsubscribe(link, id, filters);
            }
        }
    }

    /**
     * PUBLISH, with an identifier that may be under way.
     *
     * @param alias 0 for none; it may be wrong
     * @param named whether the topic is sent, too, when there is an alias
     */
    record Publish(int client, int id, boolean dup, Message message, int alias, boolean named) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link == null || link.isNearOverrun()) {
                return;
            }
            int aliasSent = link.v5 ? alias : 0;
            String topic = message.topic();
            boolean wrong = false;
            if (aliasSent > 0) {
                String known = link.aliases.get(aliasSent);
                wrong = aliasSent > Model.TOPIC_ALIAS_MAXIMUM || (!named && known == null);
                topic = named || known == null ? topic : known;
            }
            Message sent = new Message(
                    scene.clientId(client),
                    topic,
                    message.payload(),
                    message.qos(),
                    message.retain(),
                    link.v5 ? message.contentType() : "");
            scene.wires().send(link, packet(sent, link.v5, aliasSent));
            if (wrong) {
                scene.model().close(link, Set.of(aliasSent > Model.TOPIC_ALIAS_MAXIMUM ? 0x94 : 0x82, 0x93), true);
            } else {
                if (aliasSent > 0) {
                    link.aliases.put(aliasSent, topic);
                }
                scene.model().publish(link, id, sent);
            }
        }

        private byte[] packet(Message sent, boolean v5, int aliasSent) {
            int first = 0x30 | sent.qos() << 1 | (dup && sent.qos() > 0 ? 8 : 0) | (sent.retain() ? 1 : 0);
            List<Object> fields = new ArrayList<>();
            fields.add(aliasSent > 0 && !named ? "" : sent.topic());
            if (sent.qos() > 0) {
                fields.add(Packets.twoBytes(id));
            }
            if (v5) {
                byte[] type =
                        sent.contentType().isEmpty() ? new byte[0] : Props.text(Props.CONTENT_TYPE, sent.contentType());
                byte[] number = aliasSent > 0 ? Props.two(Props.TOPIC_ALIAS, aliasSent) : new byte[0];
                fields.add(Props.of(type, number));
            }
            fields.add(sent.payload().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return Packets.packet(first, fields.toArray());
        }
    }

    /** PUBREL, of a message that may be under way or not. */
    record Release(int client, int id) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link != null) {
                scene.wires().send(link, Packets.pubrel(id));
                scene.model().release(link, id);
            }
        }
    }

    /** How a client answers what it got. */
    enum Manner {
        PROPERLY,
        WITH_AN_ERROR,
        AGAIN
    }

    /**
     * The next acknowledgement of a message that the client got.
     *
     * @param pick which one of those under way, counted around; negative for all of them
     */
    record Answer(int client, int pick, Manner manner) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link == null) {
                return;
            }
            List<Item> items =
                    link.session.inFlight.stream().filter(link::hasCome).toList();
            if (pick >= 0 && !items.isEmpty()) {
                items = List.of(items.get(pick % items.size()));
            }
            items.forEach(item -> answer(scene, link, item));
        }

        private void answer(Scene scene, Link link, Item item) {
            boolean error = link.v5 && manner == Manner.WITH_AN_ERROR;
            if (item.qos == 1) {
                scene.wires().send(link, error ? Packets5.ack(0x40, item.id, 0x80) : Packets.puback(item.id));
                scene.model().complete(link, item);
            } else if (item.released && manner != Manner.AGAIN) {
                scene.wires().send(link, Packets.pubcomp(item.id));
                scene.model().complete(link, item);
            } else if (!item.released && error) {
                scene.wires().send(link, Packets5.ack(0x50, item.id, 0x97));
                scene.model().complete(link, item);
            } else {
                scene.wires().send(link, Packets.pubrec(item.id));
                scene.model().received(link, item);
            }
        }
    }

    /** An acknowledgement of a message that there is not. */
    record AnswerUnknown(int client, int first) implements Step {

        private static final int UNKNOWN = 0xFFF0;

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link != null) {
                scene.wires().send(link, Packets.packet(first, Packets.twoBytes(UNKNOWN)));
                if (first >> 4 == Control.PUBREC) {
                    scene.model().receivedUnknown(link, UNKNOWN);
                }
            }
        }
    }

    /**
     * DISCONNECT.
     *
     * @param reason for 5.0
     * @param expiry for 5.0 the new Session Expiry Interval, negative for none
     */
    record Disconnect(int client, int reason, int expiry) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link == null) {
                return;
            }
            if (!link.v5) {
                scene.wires().send(link, Packets.DISCONNECT);
                scene.model().disconnect(link, 0, -1);
                return;
            }
            byte[] property = expiry < 0 ? new byte[0] : Props.four(Props.SESSION_EXPIRY_INTERVAL, expiry);
            scene.wires().send(link, Packets5.disconnect(reason, property));
            scene.model().disconnect(link, reason, expiry);
        }
    }

    /** How a connection breaks. */
    enum Break {
        END,
        RESET,
        AMID_A_PACKET
    }

    /** The connection ends without DISCONNECT. */
    record Drop(int client, Break how) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link != null) {
                if (how == Break.RESET) {
                    scene.model().cutOff(link);
                }
                scene.model().close(link, Set.of(), true);
                scene.wires().drop(link, how);
            }
        }
    }

    /** A packet that the broker has to close the connection for. */
    record Offend(int client, Illegal packet) implements Step {

        @Override
        public void play(Scene scene) {
            Link link = scene.link(client);
            if (link != null) {
                scene.wires().send(link, packet.bytes(link.v5, scene.clientId(client)));
                scene.model().cutOff(link);
                scene.model().close(link, packet.reasons(), true);
            }
        }
    }

    /** A new connection whose first packet is refused; it must not concern the client with that id. */
    record Intrude(int client, Refused packet) implements Step {

        @Override
        public void play(Scene scene) {
            scene.wires().intrude(packet.bytes(scene.clientId(client)), packet.reasons());
        }
    }

    /**
     * The broker stops in order, and starts again. Who has a will or a session that ends is gone before: what becomes
     * of wills and shared messages among clients that all leave at once is nobody's promise.
     */
    record Restart() implements Step {

        @Override
        public List<Step> parts(Scene scene) {
            List<Step> parts = new ArrayList<>();
            for (int client = 0; client < Generator.CLIENTS + Stage.OBSERVERS; client++) {
                Link link = scene.link(client);
                if (link != null && (link.will != null || !link.sessionOutlivesIt)) {
                    parts.add(new Drop(client, Break.END));
                }
            }
            parts.add(this);
            return parts;
        }

        @Override
        public void play(Scene scene) {
            scene.model().stop();
            scene.wires().stop();
        }
    }
}
