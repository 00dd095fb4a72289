// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last retained message of each topic, in an order that keeps the topics under one parent together: by bytes, with
 * the level separator below every other. A filter is answered by walking that order and leaping over what cannot match.
 * Read and written on any loop; the last writer of a topic wins in memory and, because the journal stores what is then
 * in memory, on disk too.
 */
public final class RetainedMessages {

    private final ConcurrentSkipListMap<byte[], Message> messages =
            new ConcurrentSkipListMap<>(RetainedMessages::compare);

    /** Replaces the message of a topic; an empty payload removes it [MQTT-3.3.1-10]. */
    public void put(Message message) {
        if (message.payload().length == 0) {
            messages.remove(message.topic());
        } else {
            messages.put(message.topic(), message);
        }
    }

    /** {@return how many topics have one} */
    public int size() {
        return messages.size();
    }

    /** {@return what has to be stored of the last change of a topic} */
    Receipt.Part part(byte[] topic, Executor loop) {
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                Message current = messages.get(topic);
                if (current == null) {
                    batch.delete(Keyspace.RETAINED, topic);
                } else {
                    batch.put(Keyspace.RETAINED, topic, MessageRecord.write(current));
                }
            }

            @Override
            protected Executor loop() {
                return loop;
            }
        };
    }

    /** Visits the messages that a filter matches, in the order of their topics, without those that have expired. */
    public void match(byte[] filter, long nowMillis, Consumer<Message> visitor) {
        match(filter, null, nowMillis, message -> {
            visitor.accept(message);
            return true;
        });
    }

    /**
     * Visits the messages that a filter matches, in the order of their topics, without those that have expired.
     *
     * @param after begins behind this topic; null for the first
     * @param visitor says whether to go on
     */
    public void match(byte[] filter, byte @Nullable [] after, long nowMillis, Predicate<Message> visitor) {
        int wildcard = firstWildcard(filter);
        if (wildcard < 0) {
            Message message = messages.get(filter);
            if (after == null && message != null) {
                visit(message, nowMillis, visitor);
            }
            return;
        }
        byte[] prefix = Arrays.copyOf(filter, wildcard);
        byte[] parent = wildcard > 0 && filter[wildcard] == '#' ? Arrays.copyOf(filter, wildcard - 1) : prefix;
        var rest = after == null ? messages.tailMap(parent) : messages.tailMap(after, false);
        Iterator<Map.Entry<byte[], Message>> entries = rest.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<byte[], Message> entry = entries.next();
            byte[] topic = entry.getKey();
            if (!startsWith(topic, parent)) {
                return;
            }
            if (!Filters.matches(filter, topic)) {
                entries = messages.tailMap(leap(filter, topic)).entrySet().iterator();
            } else if (!visit(entry.getValue(), nowMillis, visitor)) {
                return;
            }
        }
    }

    private static boolean visit(Message message, long nowMillis, Predicate<Message> visitor) {
        return message.isExpired(nowMillis) || visitor.test(message);
    }

    /**
     * Returns the least topic above one that does not match which might: if a level of the filter is a name and the
     * topic is above it there, nothing more under this parent matches; if it is below, that name is next.
     */
    private static byte[] leap(byte[] filter, byte[] topic) {
        int f = 0;
        int t = 0;
        while (f < filter.length && filter[f] != '#' && t <= topic.length) {
            int filterEnd = Filters.levelEnd(filter, f);
            int topicEnd = Filters.levelEnd(topic, t);
            boolean any = filterEnd - f == 1 && filter[f] == '+';
            if (!any) {
                int order = Arrays.compareUnsigned(filter, f, filterEnd, topic, t, topicEnd);
                if (order > 0) {
                    return concatenate(topic, t, filter, f, filterEnd); // this name comes later under the parent
                }
                if (order < 0) {
                    return after(topic, t); // it has passed: on to the next parent
                }
            }
            f = filterEnd + 1;
            t = topicEnd + 1;
        }
        return child(topic); // too deep or too short: the very next topic
    }

    /** Returns the least key above a topic: the separator sorts below every other byte. */
    private static byte[] child(byte[] topic) {
        byte[] next = Arrays.copyOf(topic, topic.length + 1);
        next[topic.length] = '/';
        return next;
    }

    private static byte[] concatenate(byte[] topic, int topicLength, byte[] filter, int start, int end) {
        byte[] next = Arrays.copyOf(topic, topicLength + end - start);
        System.arraycopy(filter, start, next, topicLength, end - start);
        return next;
    }

    /** Returns the least key above every topic whose levels before this place are the same. */
    private static byte[] after(byte[] topic, int start) {
        return start == 0 ? new byte[] {(byte) 0xFF} : Arrays.copyOf(Arrays.copyOf(topic, start - 1), start);
    }

    private static int compare(byte[] a, byte[] b) {
        int at = Arrays.mismatch(a, b);
        if (at < 0 || at == a.length || at == b.length) {
            return a.length - b.length;
        }
        return Integer.compare(rank(a[at]), rank(b[at]));
    }

    private static int rank(byte value) {
        return value == '/' ? -1 : value & 0xFF;
    }

    private static int firstWildcard(byte[] filter) {
        for (int i = 0; i < filter.length; i++) {
            if (filter[i] == '+' || filter[i] == '#') {
                return i;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] topic, byte[] prefix) {
        return topic.length >= prefix.length && Arrays.equals(topic, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Takes a message from the store, at start. */
    public void load(byte[] topic, byte[] record) {
        messages.put(topic, MessageRecord.read(record));
    }

    /** {@return the retained message of a topic, or null} */
    public @Nullable Message get(byte[] topic) {
        return messages.get(topic);
    }
}
