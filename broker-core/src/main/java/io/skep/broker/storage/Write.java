// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Something to be made durable; a queue entry or a session record is one, so that a message costs no wrapper. */
public interface Write {

    /**
     * Adds what is to be stored now, which is nothing if it is no longer wanted. On the journal's thread. If it throws,
     * this write alone fails, though what it added before goes with the batch.
     */
    void addTo(WriteBatch batch);

    /** {@return why it must fail, because something that it follows has failed; else null. Before {@link #addTo}} */
    default @Nullable StorageException obstacle() {
        return null;
    }

    /** It has failed; on the journal's thread, before another write is asked for its {@link #obstacle}. */
    default void spoil(StorageException failure) {}

    /** {@return bytes that it holds in memory while it waits, about} */
    default int bytes() {
        return 0;
    }

    /** {@return who hears the end; asked on the journal's thread, once, when the end is known} */
    Executor loop();

    /** All that was added is durable, and so is everything submitted earlier by the same thread. On {@link #loop}. */
    void committed();

    /** Nothing of it can be relied on. On {@link #loop}. */
    void failed(StorageException failure);
}
