// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import io.skep.broker.json.JsonObject;
import io.skep.broker.storage.FileTree;
import io.skep.broker.storage.Journal;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The broker's part of a backup: a consistent view of the data in a folder within the data folder, where it costs a
 * link for each file. The process that asked copies it to its place, with its own rights, and says when it is done; if
 * it dies, the next backup clears up.
 */
public final class Snapshot {

    private static final String PREFIX = "snapshot-";

    private final Path folder;
    private final Journal journal;

    /** Makes snapshots of the journal's storage within the data folder. */
    public Snapshot(Path folder, Journal journal) {
        this.folder = folder;
        this.journal = journal;
    }

    /** {@return where in a data folder the snapshot for a process is} */
    public static Path of(Path folder, long process) {
        return folder.resolve(PREFIX + process);
    }

    /** Takes one: with everything that was acknowledged before. */
    public JsonObject take(JsonObject request) throws IOException, InterruptedException {
        Path snapshot = requested(request);
        deleteAbandoned(folder);
        FileTree.delete(snapshot);
        CompletableFuture<@Nullable Void> taken = new CompletableFuture<>();
        journal.<@Nullable Void>read(
                Runnable::run,
                storage -> {
                    storage.backup(snapshot);
                    return null;
                },
                taken::complete,
                taken::completeExceptionally);
        try {
            taken.get();
        } catch (ExecutionException e) {
            FileTree.delete(snapshot);
            throw e.getCause() instanceof StorageException failure
                    ? failure
                    : new StorageException("storage: a backup failed", e);
        }
        return new JsonObject().put("snapshot", snapshot.getFileName().toString());
    }

    /** Removes one that is not needed any more. */
    public JsonObject remove(JsonObject request) throws IOException {
        FileTree.delete(requested(request));
        return new JsonObject();
    }

    private Path requested(JsonObject request) {
        return of(folder, request.number("process", 1, Long.MAX_VALUE));
    }

    /** Removes the snapshots of processes that have ended. */
    public static void deleteAbandoned(Path folder) throws IOException {
        try (DirectoryStream<Path> snapshots = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path snapshot : snapshots) {
                String process = snapshot.getFileName().toString().substring(PREFIX.length());
                if (process.matches("[0-9]{1,18}")
                        && ProcessHandle.of(Long.parseLong(process)).isEmpty()) {
                    FileTree.delete(snapshot);
                }
            }
        }
    }
}
