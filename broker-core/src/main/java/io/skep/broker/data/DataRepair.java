// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.broker.json.JsonObject;
import io.skep.broker.storage.DataFolder;
import io.skep.broker.storage.DataFormat;
import io.skep.broker.storage.RocksDbInspection;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.StorageProvider;
import io.skep.sdk.storage.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new database of everything that can be read in a damaged one. What is lost is written to a file; the damaged
 * database is moved aside whole.
 *
 * @param saved records in the new database
 * @param lost records and places that are not in it
 * @param losses the file that says what they are
 * @param damaged where the old database is; null if there was nothing to repair
 */
public record DataRepair(
        long saved, long lost, Path losses, @Nullable Path damaged) {

    private static final int BATCH_BYTES_MAX = 4 << 20;

    static DataRepair run(DataFolder folder, StorageProvider engine, Consumer<String> complaints) throws IOException {
        Path losses = folder.path().resolve("lost-" + System.currentTimeMillis() + ".jsonl");
        Path prepared = folder.prepare();
        try (Writer file = Files.newBufferedWriter(losses)) {
            Work work = new Work(file, complaints);
            work.copy(folder.path(), prepared, engine);
            if (work.lost > 0) {
                file.flush();
                return new DataRepair(work.saved, work.lost, losses, folder.replace());
            }
            folder.prepare();
            Files.delete(losses);
            return new DataRepair(work.saved, 0, losses, null);
        }
    }

    private static final class Work {

        private final Writer file;
        private final Consumer<String> complaints;
        private long saved;
        private long lost;

        Work(Writer file, Consumer<String> complaints) {
            this.file = file;
            this.complaints = complaints;
        }

        void copy(Path source, Path target, StorageProvider engine) throws IOException {
            try (RocksDbInspection damaged = RocksDbInspection.open(source, this::lose);
                    Storage whole = engine.open(target, Durability.FSYNC)) {
                checkFormat(damaged);
                damaged.verifyChecksums();
                Decoder decoder = new Decoder(damaged);
                for (Keyspace keyspace : Keyspace.values()) {
                    copy(damaged, whole, keyspace, decoder);
                }
                DataFormat.prepare(whole);
            }
        }

        /** If it is among what cannot be read, the records will show. */
        private void checkFormat(Storage damaged) {
            int format;
            try {
                format = DataFormat.of(damaged);
            } catch (StorageException e) {
                lose(String.valueOf(e.getMessage()));
                return;
            }
            OfflineData.checkFormat(format);
        }

        private void copy(Storage damaged, Storage whole, Keyspace keyspace, Decoder decoder) throws IOException {
            Filling filling = new Filling(whole);
            Rows.all(damaged, keyspace, (key, value) -> {
                String complaint = decoder.complaint(keyspace, key, value);
                if (complaint == null && decoder.isOrphan(keyspace, key)) {
                    note(row(keyspace, key, value, "its session is not there"));
                } else if (complaint == null) {
                    filling.put(keyspace, key, value);
                    saved++;
                } else {
                    lose(keyspace, key, value, complaint);
                }
            });
            filling.commit();
        }

        private void lose(String place) {
            lost++;
            complaints.accept(place);
            note(new JsonObject().put("damage", place));
        }

        private void lose(Keyspace keyspace, byte[] key, byte[] value, String complaint) {
            lost++;
            complaints.accept(keyspace + " " + HexFormat.of().formatHex(key) + ": " + complaint);
            note(row(keyspace, key, value, complaint));
        }

        private static JsonObject row(Keyspace keyspace, byte[] key, byte[] value, String complaint) {
            return new JsonObject()
                    .put("keyspace", keyspace)
                    .put("key", HexFormat.of().formatHex(key))
                    .put("reason", complaint)
                    .putBytes("value", value);
        }

        private void note(JsonObject line) {
            try {
                file.write(line + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Batches of a size that fits into memory. */
    private static final class Filling {

        private final Storage storage;
        private WriteBatch batch;
        private long bytes;

        Filling(Storage storage) {
            this.storage = storage;
            batch = storage.batch();
        }

        void put(Keyspace keyspace, byte[] key, byte[] value) {
            batch.put(keyspace, key, value);
            bytes += key.length + value.length;
            if (bytes > BATCH_BYTES_MAX) {
                commit();
                batch = storage.batch();
                bytes = 0;
            }
        }

        void commit() {
            DataFormat.commit(storage, batch);
        }
    }
}
