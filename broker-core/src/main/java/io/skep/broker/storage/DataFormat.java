// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version of what lies in a storage: of the keyspaces, and of the keys and values in them as a whole. It is the
 * same for every engine. A newer one is refused; an older one is brought forward, one {@link Step} after the other,
 * before anything else is read.
 */
public final class DataFormat {

    private static final Logger log = LoggerFactory.getLogger(DataFormat.class);

    private static final byte[] KEY = "format".getBytes(StandardCharsets.US_ASCII);

    /**
     * The first brings data from format 1 to 2, and so on. What waits for a shared group has a name of its own each
     * time since format 2; names of format 1 are read as they are. Since format 3 one record can say of several
     * messages that PUBREC has come.
     */
    private static final List<Step> STEPS = List.of((storage, batch) -> {}, (storage, batch) -> {});

    private final List<Step> steps;

    /** From one format to the next. */
    @FunctionalInterface
    interface Step {

        /** Adds what has to change; it becomes true together with the new number. */
        void migrate(Storage storage, WriteBatch batch);
    }

    DataFormat(List<Step> steps) {
        this.steps = steps;
    }

    /** {@return the format that this version writes} */
    public static int current() {
        return STEPS.size() + 1;
    }

    /**
     * Brings a storage to the present format; one without any gets its number.
     *
     * @throws StorageException if it is of a newer format, or cannot be written
     */
    public static void prepare(Storage storage) {
        new DataFormat(STEPS).bringForward(storage);
    }

    /** {@return the format of a storage; 0 if it has none yet} */
    public static int of(Storage storage) {
        byte[] found = storage.get(Keyspace.META, KEY);
        if (found == null) {
            return 0;
        }
        int format = found.length == Integer.BYTES ? ByteBuffer.wrap(found).getInt() : Integer.MAX_VALUE;
        return format > 0 ? format : Integer.MAX_VALUE;
    }

    /** {@return what an operator has to know of data that a newer version wrote} */
    static String newer(String where) {
        return "storage.folder: " + where + " (expected: data of format " + current()
                + " or older, but a newer Skep wrote it; start that version, or restore a backup made before)";
    }

    void bringForward(Storage storage) {
        int newest = steps.size() + 1;
        int format = of(storage);
        if (format > newest) {
            throw new StorageException(newer("the data"), null);
        }
        if (format == 0) {
            commit(storage, newest, null);
            return;
        }
        for (; format < newest; format++) {
            log.info("bringing the data from format {} to {}", format, format + 1);
            commit(storage, format + 1, steps.get(format - 1));
        }
    }

    private static void commit(Storage storage, int format, @Nullable Step step) {
        WriteBatch batch = storage.batch();
        if (step != null) {
            step.migrate(storage, batch);
        }
        batch.put(
                Keyspace.META,
                KEY,
                ByteBuffer.allocate(Integer.BYTES).putInt(format).array());
        commit(storage, batch);
    }

    /** Commits a batch and waits for it. */
    public static void commit(Storage storage, WriteBatch batch) {
        CompletableFuture<@Nullable StorageException> done = new CompletableFuture<>();
        storage.commit(batch, done::complete);
        StorageException failure = done.join();
        if (failure != null) {
            throw failure;
        }
    }
}
