// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.broker.admin.AdminClient;
import io.skep.broker.config.StorageConfig;
import io.skep.broker.json.JsonObject;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A copy of all data as it was at one moment, laid out like a data folder. A running broker is asked for a snapshot and
 * goes on meanwhile; else the folder is opened.
 */
public final class Backup {

    private static final Duration SNAPSHOT_TIMEOUT = Duration.ofMinutes(5);

    private Backup() {}

    /**
     * Makes one.
     *
     * @param folder the data folder
     * @param target an empty folder, or one to be made
     * @return whether a broker ran
     * @throws StorageException if there is no data, or the engine has no backup
     */
    public static boolean make(StorageConfig config, Path folder, Path target) throws IOException {
        refuseUnlessEmpty(target);
        JsonObject answer = AdminClient.ask(folder, request("backup"), SNAPSHOT_TIMEOUT);
        if (answer == null) {
            try (OfflineData data = OfflineData.openExisting(config, folder)) {
                data.backup(config.durability(), target);
            }
            return false;
        }
        try {
            BackupFiles.write(folder.resolve(answer.text("snapshot")), target);
        } finally {
            AdminClient.ask(folder, request("backup-done"), SNAPSHOT_TIMEOUT);
        }
        return true;
    }

    private static void refuseUnlessEmpty(Path target) throws IOException {
        if (Files.exists(target) && !(Files.isDirectory(target) && BackupFiles.isEmpty(target))) {
            throw new StorageException("backup: '" + target + "' (expected: an empty folder, or none yet)", null);
        }
    }

    private static JsonObject request(String command) {
        return new JsonObject()
                .put("command", command)
                .put("process", ProcessHandle.current().pid());
    }
}
