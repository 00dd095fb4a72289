// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.storage.DataFolder;
import io.skep.broker.storage.DataFormat;
import io.skep.broker.storage.RocksDbInspection;
import io.skep.broker.storage.RocksDbProvider;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data folder of a broker that does not run, and what can be done with it; no broker can start on it meanwhile.
 * What changes data prepares all of it first and then puts it into its place in one step, and what was there before is
 * moved aside, never deleted.
 */
public final class OfflineData implements AutoCloseable {

    private static final RocksDbProvider ENGINE = new RocksDbProvider();

    private final DataFolder folder;

    /**
     * Takes a data folder.
     *
     * @throws StorageException if a broker runs on it, or its engine is not the one that lives in a folder
     */
    public static OfflineData open(StorageConfig config, Path folder) {
        if (!config.engine().equals(ENGINE.name())) {
            throw new StorageException(
                    "storage.engine: '" + config.engine() + "' (expected: " + ENGINE.name()
                            + "; what another engine has stored is looked after with the tools of its own system)",
                    null);
        }
        return new OfflineData(DataFolder.open(folder));
    }

    /** Takes a data folder that has to have data in it. */
    public static OfflineData openExisting(StorageConfig config, Path folder) {
        if (!Files.isDirectory(folder.resolve(ENGINE.name()))) {
            throw new StorageException("storage.folder: '" + folder + "' (expected: one with data in it)", null);
        }
        return open(config, folder);
    }

    private OfflineData(DataFolder folder) {
        this.folder = folder;
    }

    public boolean isEmpty() {
        return !Files.exists(folder.path().resolve(ENGINE.name()));
    }

    /** {@return what there is; {@code complaints} gets a line about each thing that is wrong} */
    public DataCheck verify(Consumer<String> complaints) throws IOException {
        return verify(folder.path(), complaints);
    }

    private static DataCheck verify(Path path, Consumer<String> complaints) throws IOException {
        AtomicLong damaged = new AtomicLong();
        try (RocksDbInspection data = RocksDbInspection.open(path, line -> {
            damaged.incrementAndGet();
            complaints.accept(line);
        })) {
            checkFormat(DataFormat.of(data));
            data.verifyChecksums();
            DataCheck check = DataCheck.run(data, complaints);
            return new DataCheck(check.counts(), check.orphans(), check.broken() + damaged.get());
        }
    }

    /**
     * Tools read every format that a broker does, and change none: what they are pointed at may be a backup. So a step
     * that brings data forward has to leave records which {@link Decoder} reads in both shapes.
     */
    static void checkFormat(int format) {
        if (format > DataFormat.current()) {
            throw new StorageException(
                    "storage.folder: data of format " + format + " (expected: " + DataFormat.current()
                            + " or older; a newer Skep wrote it: use that version)",
                    null);
        }
    }

    /** Saves what can be read; see {@link DataRepair}. */
    public DataRepair repair(Consumer<String> complaints) throws IOException {
        return DataRepair.run(folder, ENGINE, complaints);
    }

    /** Writes everything as JSON Lines. {@return how many} */
    public long exportTo(Writer out) throws IOException {
        try (RocksDbInspection data = RocksDbInspection.open(folder.path(), OfflineData::refuseDamaged)) {
            checkFormat(DataFormat.of(data));
            return new DataExport(data, out).run();
        } catch (RuntimeException e) {
            throw e instanceof StorageException ? e : unreadable(String.valueOf(e.getMessage()), e);
        }
    }

    private static void refuseDamaged(String complaint) {
        throw unreadable(complaint, null);
    }

    private static StorageException unreadable(String why, @Nullable Exception cause) {
        return new StorageException(
                "storage: " + why + " (expected: undamaged data; 'skep data verify' says what is wrong with it)",
                cause);
    }

    /** Fills an empty folder from JSON Lines: with all of them or, if one is wrong, with none. {@return how many} */
    public long importFrom(BufferedReader in) throws IOException {
        if (!isEmpty()) {
            throw new StorageException("storage.folder: '" + folder.path() + "' (expected: one without data)", null);
        }
        long lines;
        try (Storage storage = ENGINE.open(folder.prepare(), Durability.FSYNC)) {
            DataFormat.prepare(storage);
            lines = new DataImport(storage).run(in);
        }
        folder.replace();
        return lines;
    }

    /** Copies the data to a new folder. */
    void backup(Durability durability, Path target) throws IOException {
        Path snapshot = folder.prepare();
        try {
            Path view = snapshot.resolve("view");
            try (Storage storage = ENGINE.open(folder.path(), durability)) {
                storage.backup(view);
            }
            BackupFiles.write(view, target);
        } finally {
            folder.prepare();
        }
    }

    /**
     * Puts the data of a backup into the folder, after looking at every byte of it.
     *
     * @param force whether to do that also if there is data already
     * @return where the data is that was there; null if there was none
     */
    public @Nullable Path restore(Path backup, boolean force) throws IOException {
        if (!isEmpty() && !force) {
            throw new StorageException(
                    "storage.folder: '" + folder.path()
                            + "' (expected: one without data, or --force, which moves the present data aside)",
                    null);
        }
        Path prepared = folder.prepare();
        BackupFiles.copyVerified(backup, prepared);
        DataCheck check = verify(prepared, line -> {});
        if (!check.isSound()) {
            throw new StorageException(
                    "backup: '" + backup + "' (expected: readable records, but " + check.broken()
                            + " are not; 'skep data verify --data " + backup + "' says which)",
                    null);
        }
        return folder.replace();
    }

    @Override
    public void close() {
        folder.close();
    }
}
