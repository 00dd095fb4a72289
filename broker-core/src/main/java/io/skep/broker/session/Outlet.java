// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.skep.broker.codec.PacketType;
import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.PublishView;
import io.skep.broker.routing.Topic;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.publish.Publish;
import java.util.IdentityHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on a connection: packets of a turn are appended to one buffer, which is written once when the turn
 * ends. Lives on the connection's loop.
 */
public final class Outlet {

    private static final int FIRST_BYTES = 2048;
    private static final int FULL_BYTES = 1 << 18;

    private final Lane lane;
    private final Channel channel;
    private final Client client;
    private final Replies replies;
    private final int topicAliasMaximum;
    private final BiConsumer<ReasonCode, String> closer;
    private final Runnable flush = this::flush;
    private @Nullable ByteBuf out;
    private boolean dirty;
    private boolean writable = true;
    private boolean shut;
    private Metric obstacle = Metric.DROPPED_TOO_LARGE;
    private int sent;
    private final long connectedAtMillis = System.currentTimeMillis();
    private @Nullable IdentityHashMap<byte[], Integer> aliases; // by the name that the loop remembers

    /**
     * Opens the way to a client.
     *
     * @param client who it is
     * @param replies how it is answered, and what it takes
     * @param topicAliasMaximum how many aliases the client takes
     * @param closer ends the connection for a reason, which MQTT 5.0 clients are told
     */
    public Outlet(
            Lane lane,
            Channel channel,
            Client client,
            Replies replies,
            int topicAliasMaximum,
            BiConsumer<ReasonCode, String> closer) {
        this.lane = lane;
        this.channel = channel;
        this.client = client;
        this.replies = replies;
        this.topicAliasMaximum = topicAliasMaximum;
        this.closer = closer;
    }

    public Lane lane() {
        return lane;
    }

    public boolean isV5() {
        return replies.isV5();
    }

    /** {@return who is at the other end} */
    public Client client() {
        return client;
    }

    /** {@return whether the client takes packets of this size} */
    public boolean accepts(int bytes) {
        return bytes <= replies.packetBytesMax();
    }

    /** Appends a PUBACK, PUBREC, PUBREL or PUBCOMP, with a text for who wants one; may be empty. */
    public void ack(PacketType type, int packetId, int reasonCode, String text) {
        replies.ack(buffer(), type, packetId, reasonCode, text);
    }

    /** {@return how the client is answered} */
    public Replies replies() {
        return replies;
    }

    long connectedAtMillis() {
        return connectedAtMillis;
    }

    /** {@return the buffer to append a whole packet to; it is written when the turn ends} */
    public ByteBuf buffer() {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = channel.alloc().directBuffer(FIRST_BYTES);
            out = buffer;
        }
        if (!dirty) {
            dirty = true;
            lane.loop().atTurnEnd(flush);
        }
        return buffer;
    }

    /** {@return whether the connection has not ended. Any thread} */
    boolean isOpen() {
        return channel.isActive();
    }

    /** {@return whether the client does not read as fast as it is written to} */
    public boolean isCongested() {
        return !writable || (out != null && out.readableBytes() >= FULL_BYTES && !drain());
    }

    /** Tells whether the channel's buffers are below their bound. */
    public void writable(boolean isWritable) {
        writable = isWritable && !shut;
    }

    /** The connection is gone: what is appended is thrown away. */
    public void shut() {
        shut = true;
        writable = false;
    }

    /** {@return whether the connection is gone} */
    boolean isShut() {
        return shut;
    }

    /**
     * Appends a PUBLISH, at the first attempt.
     *
     * @param packetId 0 for QoS 0
     * @param identifiers Subscription Identifiers, if any
     * @return false if the client does not accept packets of this size [MQTT-3.1.2-24], or an extension keeps it back
     */
    boolean publish(Publication publication, int qos, boolean retain, int packetId, int @Nullable [] identifiers) {
        if (identifiers != null || topicAliasMaximum > 0 || lane.hooks().interceptsDelivery()) {
            return publishOwn(publication, qos << 1 | (retain ? 1 : 0), packetId, identifiers);
        }
        ByteBuf buffer = buffer();
        int start = buffer.writerIndex();
        int bytes = publication.write(buffer, isV5(), qos, retain, packetId);
        return finish(publication, buffer, start, bytes);
    }

    /** Appends a PUBLISH that no other client gets in these bytes; flags are those of its first byte. */
    boolean publishOwn(Publication publication, int flags, int packetId, int @Nullable [] identifiers) {
        return lane.hooks().interceptsDelivery()
                ? publishIntercepted(publication, flags, packetId, identifiers)
                : write(publication, flags, packetId, identifiers);
    }

    /** Appends what extensions leave of a PUBLISH; false if that is nothing. */
    private boolean publishIntercepted(Publication publication, int flags, int packetId, int @Nullable [] identifiers) {
        Message whole = publication.message();
        boolean retain = (flags & 1) != 0;
        PublishView view = PublishView.of(new Message(
                whole.topic(), whole.payload(), whole.properties(), flags >> 1 & 3, retain, whole.expiresAtMillis()));
        Publish left = lane.hooks().deliver(client, view, lane.loop());
        if (left == null) {
            obstacle = Metric.DROPPED_BY_EXTENSION;
            return false;
        }
        if (left == view) {
            return write(publication, flags, packetId, identifiers);
        }
        Message message = PublishView.messageOf(left);
        Publication changed = lane.changed().begin(message);
        boolean sent = write(changed, (flags & ~1) | (message.retain() ? 1 : 0), packetId, identifiers);
        changed.end();
        return sent;
    }

    private boolean write(Publication publication, int flags, int packetId, int @Nullable [] identifiers) {
        ByteBuf buffer = buffer();
        int start = buffer.writerIndex();
        int alias = topicAliasMaximum > 0 ? alias(publication) : 0;
        publication.writeOwn(buffer, isV5(), flags, packetId, identifiers, alias);
        int bytes = buffer.writerIndex() - start + (publication.isLarge() ? publication.payloadLength() : 0);
        boolean sent = finish(publication, buffer, start, bytes);
        if (sent && alias < 0 && aliases != null) {
            aliases.put(publication.topic().name(), -alias);
        }
        return sent;
    }

    /** {@return why the last PUBLISH was not appended} */
    Metric obstacle() {
        return obstacle;
    }

    /** Returns a known alias, or a new one negated: first come, first served; 0 if there is none. */
    private int alias(Publication publication) {
        if (publication.topic() == Topic.NONE) {
            return 0; // from a queue: who knows whether it comes again
        }
        if (aliases == null) {
            aliases = new IdentityHashMap<>();
        }
        Integer known = aliases.get(publication.topic().name());
        if (known != null) {
            return known;
        }
        return aliases.size() < topicAliasMaximum ? -(aliases.size() + 1) : 0; // [MQTT-3.1.2-26]
    }

    private boolean finish(Publication publication, ByteBuf buffer, int start, int bytes) {
        if (!accepts(bytes)) {
            buffer.writerIndex(start);
            obstacle = Metric.DROPPED_TOO_LARGE;
            return false;
        }
        sent++;
        if (publication.isLarge()) {
            out = null;
            channel.write(buffer, channel.voidPromise());
            channel.write(publication.retainedPayload(), channel.voidPromise());
        }
        return true;
    }

    /** {@return how many PUBLISH packets went out since the last call} */
    public int takeSent() {
        int count = sent;
        sent = 0;
        return count;
    }

    /** Ends the connection for a reason. Any thread. */
    public void close(ReasonCode reason, String text) {
        closer.accept(reason, text);
    }

    /** Writes what was appended, now; returns whether the channel still takes more. */
    private boolean drain() {
        flush();
        return writable;
    }

    private void flush() {
        dirty = false;
        ByteBuf buffer = out;
        out = null;
        if (buffer != null && buffer.isReadable() && !shut) {
            channel.writeAndFlush(buffer, channel.voidPromise());
        } else {
            if (buffer != null) {
                buffer.release();
            }
            channel.flush();
        }
    }

    /** Writes what was appended, now. */
    public void flushNow() {
        flush();
    }
}
