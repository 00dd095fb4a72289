// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Topic;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
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
    private final ProtocolVersion version;
    private final long packetBytesMax;
    private final int topicAliasMaximum;
    private final BiConsumer<ReasonCode, String> closer;
    private final Runnable flush = this::flush;
    private @Nullable ByteBuf out;
    private boolean dirty;
    private boolean writable = true;
    private int sent;
    private final long connectedAtMillis = System.currentTimeMillis();
    private @Nullable Client client; // for who asks about it
    private @Nullable IdentityHashMap<byte[], Integer> aliases; // by the name that the loop remembers

    /**
     * Opens the way to a client.
     *
     * @param packetBytesMax the client's Maximum Packet Size
     * @param topicAliasMaximum how many aliases the client takes
     * @param closer ends the connection for a reason, which MQTT 5.0 clients are told
     */
    public Outlet(
            Lane lane,
            Channel channel,
            ProtocolVersion version,
            long packetBytesMax,
            int topicAliasMaximum,
            BiConsumer<ReasonCode, String> closer) {
        this.lane = lane;
        this.topicAliasMaximum = topicAliasMaximum;
        this.channel = channel;
        this.version = version;
        this.packetBytesMax = packetBytesMax;
        this.closer = closer;
    }

    public Lane lane() {
        return lane;
    }

    public boolean isV5() {
        return version == ProtocolVersion.V5_0;
    }

    public ProtocolVersion version() {
        return version;
    }

    /** {@return whether the client takes packets of this size} */
    public boolean accepts(int bytes) {
        return bytes <= packetBytesMax;
    }

    /** Says who is at the other end. */
    public void client(Client connected) {
        client = connected;
    }

    @Nullable Client client() {
        return client;
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
        writable = isWritable;
    }

    /**
     * Appends a PUBLISH, at the first attempt.
     *
     * @param packetId 0 for QoS 0
     * @param identifiers Subscription Identifiers, if any
     * @return false if the client does not accept packets of this size [MQTT-3.1.2-24]
     */
    boolean publish(Publication publication, int qos, boolean retain, int packetId, int @Nullable [] identifiers) {
        if (identifiers != null || topicAliasMaximum > 0) {
            return publishOwn(publication, qos << 1 | (retain ? 1 : 0), packetId, identifiers);
        }
        ByteBuf buffer = buffer();
        int start = buffer.writerIndex();
        int bytes = publication.write(buffer, isV5(), qos, retain, packetId);
        return finish(publication, buffer, start, bytes);
    }

    /** Appends a PUBLISH that no other client gets in these bytes; flags are those of its first byte. */
    boolean publishOwn(Publication publication, int flags, int packetId, int @Nullable [] identifiers) {
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
        if (bytes > packetBytesMax) {
            buffer.writerIndex(start);
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
        if (buffer != null && buffer.isReadable()) {
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
