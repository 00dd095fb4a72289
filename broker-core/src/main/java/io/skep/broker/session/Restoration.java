// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a broker finds on its disk at start. A thing whose session is not there is left of one that was to end with its
 * connection, which ended with the broker: it is deleted.
 */
final class Restoration {

    private static final byte[] FIRST = {0};

    private final SessionRegistry registry;
    private final Storage storage;
    private final Map<Long, Session> sessions = new HashMap<>();
    private final Map<Long, Session> queued = new HashMap<>();
    private final Set<Long> orphans = new HashSet<>();
    private final Set<Long> attributed = new HashSet<>(); // of the orphans
    private final List<Will> wills = new ArrayList<>();

    Restoration(SessionRegistry registry, Storage storage) {
        this.registry = registry;
        this.storage = storage;
    }

    void run() {
        scan(Keyspace.RETAINED, registry.retained()::load);
        scan(Keyspace.SESSIONS, this::session);
        scan(Keyspace.SUBSCRIPTIONS, (key, value) -> {
            Session session = owner(key);
            if (session != null) {
                session.subscriptions().restore(SubscriptionRecord.read(key, value));
            }
        });
        queues();
        scan(Keyspace.INBOUND, (key, value) -> {
            Session session = owner(key);
            if (session != null) {
                session.inbound().add(Inbound.id(key));
            }
        });
        scan(Keyspace.EXTENSIONS, SessionAttribute.FIRST, SessionAttribute.END, (key, value) -> attribute(key));
        scan(Keyspace.WILLS, (key, value) -> wills.add(Will.read(key, value)));
        wills.forEach(will -> registry.taken(will.number()));
        purge();
    }

    /** {@return the wills of connections that ended with the broker, and those that waited for their delay} */
    List<Will> wills() {
        return wills;
    }

    private void attribute(byte[] key) {
        SessionAttribute attribute = SessionAttribute.read(key);
        Session session = owner(SessionAttribute.withinSession(key));
        if (session != null) {
            session.tenancy().attributes().add(attribute.extension(), attribute.name(), Integer.MAX_VALUE);
        } else {
            attributed.add(attribute.session());
        }
    }

    /** Finds where each queue begins and ends; what lies between is read when its turn comes. */
    private void queues() {
        byte[] first = firstKey(FIRST);
        while (first != null) {
            Session session = owner(first);
            byte[] behind = SessionStore.key(ByteBuffer.wrap(first).getLong() + 1);
            byte[] last = storage.lastKey(Keyspace.QUEUE, first, behind);
            if (session != null && last != null) {
                session.outbox().restore(position(first), position(last));
                queued.put(session.number(), session);
            }
            first = firstKey(behind);
        }
    }

    private byte @Nullable [] firstKey(byte[] from) {
        byte[][] found = {null};
        storage.scan(Keyspace.QUEUE, from, null, (key, value) -> {
            found[0] = key;
            return false;
        });
        return found[0];
    }

    private static long position(byte[] key) {
        return ByteBuffer.wrap(key).getLong(Long.BYTES);
    }

    /** {@return the sessions that have queues, by number} */
    Map<Long, Session> queued() {
        return queued;
    }

    private void scan(Keyspace keyspace, BiConsumer<byte[], byte[]> visitor) {
        scan(keyspace, FIRST, null, visitor);
    }

    private void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, BiConsumer<byte[], byte[]> visitor) {
        storage.scan(keyspace, from, to, (key, value) -> {
            try {
                visitor.accept(key, value);
            } catch (RuntimeException e) {
                throw broken(keyspace, key, e);
            }
            return true;
        });
    }

    private static StorageException broken(Keyspace keyspace, byte[] key, RuntimeException cause) {
        return new StorageException(
                "storage: the record " + HexFormat.of().formatHex(key) + " of " + keyspace
                        + " (expected: one that can be read, but: " + cause.getMessage()
                        + "; 'skep data verify' says what else is damaged, 'skep data repair' saves what can be read)",
                cause);
    }

    private void session(byte[] key, byte[] value) {
        SessionRecord record = SessionRecord.read(value);
        registry.taken(record.number());
        sessions.put(record.number(), registry.restore(SessionRecord.clientId(key), record));
    }

    private @Nullable Session owner(byte[] key) {
        long number = ByteBuffer.wrap(key).getLong();
        Session session = sessions.get(number);
        if (session == null) {
            registry.taken(number);
            orphans.add(number);
        }
        return session;
    }

    private void purge() {
        if (orphans.isEmpty()) {
            return;
        }
        WriteBatch batch = storage.batch();
        orphans.forEach(number -> SessionStore.deleteThings(batch, number));
        attributed.forEach(number -> SessionAttribute.deleteAll(batch, number));
        storage.commit(batch, failure -> {}); // if it fails, the next start tries again
    }
}
