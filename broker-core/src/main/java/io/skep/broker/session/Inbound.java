// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Receipt;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The packet identifiers of QoS 2 messages that have come from the client and are not released: a message with one of
 * them is a repetition [MQTT-4.3.3-2]. Of a durable session they are stored together with the messages.
 */
public final class Inbound {

    private final Session session;
    private @Nullable BitSet ids; // of most clients there never are any

    Inbound(Session session) {
        this.session = session;
    }

    /** {@return whether a message with this identifier has come already} */
    public boolean contains(int id) {
        return ids != null && ids.get(id);
    }

    public void add(int id) {
        if (ids == null) {
            ids = new BitSet();
        }
        ids.set(id);
    }

    /** The message was refused: nothing is stored of it. */
    public void forget(int id) {
        if (ids != null) {
            ids.clear(id);
        }
    }

    /** {@return what has to be stored with the message} */
    public Receipt.Part part(int id) {
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                put(batch, session.number(), id);
            }

            /** Nothing is stored of the message: when it comes again, on whatever connection, it is new. */
            @Override
            protected void failed() {
                forget(id);
            }

            @Override
            protected Executor loop() {
                return session;
            }
        };
    }

    /**
     * PUBREL: the identifier is free again.
     *
     * @param then runs when that is stored, so that PUBCOMP may go out
     * @return whether it was known
     */
    public boolean release(int id, Runnable then) {
        boolean known = contains(id);
        forget(id);
        if (known && session.isDurable()) {
            session.write(batch -> batch.delete(Keyspace.INBOUND, key(session.number(), id)), then);
        } else {
            then.run();
        }
        return known;
    }

    /** Stores an identifier for the session with a number. */
    public static void put(WriteBatch batch, long session, int id) {
        batch.put(Keyspace.INBOUND, key(session, id), new byte[] {1});
    }

    private static byte[] key(long session, int id) {
        return ByteBuffer.allocate(10).putLong(session).putShort((short) id).array();
    }

    /** {@return the identifier that a stored key is about} */
    public static int id(byte[] key) {
        return Short.toUnsignedInt(ByteBuffer.wrap(key).getShort(Long.BYTES));
    }
}
