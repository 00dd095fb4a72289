// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.Topics;
import org.jspecify.annotations.Nullable;

/**
 * The topics that one loop remembers, found by their bytes as they lie in the inbound buffer. A topic is checked when
 * it is new, never again. When the table is full it is emptied: what is in use is back at its next message.
 */
public final class TopicMemory {

    private static final int TOPICS_MAX = 1 << 13;

    private final TopicLimits limits;
    private @Nullable Topic[] table = new Topic[64];
    private int size;

    /** A memory that takes topics within these limits. */
    public TopicMemory(TopicLimits limits) {
        this.limits = limits;
    }

    /**
     * {@return the topic whose name lies in the buffer}
     *
     * @throws io.skep.broker.codec.MqttException if it is new and no valid topic name
     */
    public Topic get(ByteBuf buffer, int start, int length) {
        int hash = Levels.hash(buffer, start, length);
        int mask = table.length - 1;
        for (int i = hash & mask; ; i = i + 1 & mask) {
            Topic topic = table[i];
            if (topic == null) {
                return add(buffer, start, length, hash);
            }
            if (topic.hash() == hash && Levels.equal(topic.name(), buffer, start, length)) {
                return topic;
            }
        }
    }

    /**
     * {@return the topic of a name}
     *
     * @throws io.skep.broker.codec.MqttException if it is new and no valid topic name
     */
    public Topic get(byte[] name) {
        return get(Unpooled.wrappedBuffer(name), 0, name.length);
    }

    private Topic add(ByteBuf buffer, int start, int length, int hash) {
        Topics.checkName(buffer, start, length);
        byte[] name = new byte[length];
        buffer.getBytes(start, name);
        limits.checkName(name);
        if (size >= TOPICS_MAX) {
            clear();
        } else if (size * 2 >= table.length) {
            grow();
        }
        Topic topic = new Topic(name, hash);
        insert(topic);
        size++;
        return topic;
    }

    private void clear() {
        table = new Topic[64];
        size = 0;
    }

    private void grow() {
        @Nullable Topic[] old = table;
        table = new Topic[old.length * 2];
        for (Topic topic : old) {
            if (topic != null) {
                insert(topic);
            }
        }
    }

    private void insert(Topic topic) {
        int mask = table.length - 1;
        int i = topic.hash() & mask;
        while (table[i] != null) {
            i = i + 1 & mask;
        }
        table[i] = topic;
    }
}
