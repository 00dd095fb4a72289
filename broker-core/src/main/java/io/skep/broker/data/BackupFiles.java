// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.broker.json.JsonObject;
import io.skep.broker.storage.FileTree;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a backup, and the list of them with their checksums, which is written last: without it there is none.
 */
final class BackupFiles {

    private static final String LIST = "skep-backup.json";
    private static final int FORMAT = 1;

    private BackupFiles() {}

    static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        }
    }

    /** Copies a snapshot; when this returns the copy is on the disk, and was compared. */
    static void write(Path snapshot, Path target) throws IOException {
        Files.createDirectories(target);
        List<JsonObject> files = new ArrayList<>();
        for (Path name : FileTree.files(snapshot)) {
            FileTree.copy(snapshot.resolve(name), target.resolve(name));
            files.add(new JsonObject()
                    .put("name", name.toString().replace('\\', '/'))
                    .put("bytes", Files.size(snapshot.resolve(name)))
                    .put("sha256", hash(snapshot.resolve(name))));
        }
        JsonObject list = new JsonObject()
                .put("format", FORMAT)
                .put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS))
                .put("files", files);
        for (JsonObject file : files) {
            compare(target, file);
        }
        Path temporary = target.resolve(LIST + ".part");
        Files.writeString(temporary, list + "\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.SYNC);
        Files.move(temporary, target.resolve(LIST));
        FileTree.sync(target);
    }

    /** Copies a backup into an empty folder, comparing every file. */
    static void copyVerified(Path backup, Path target) throws IOException {
        for (JsonObject file : files(backup)) {
            FileTree.copy(place(backup, file), place(target, file));
            compare(target, file);
        }
    }

    private static List<JsonObject> files(Path backup) throws IOException {
        Path list = backup.resolve(LIST);
        if (!Files.isRegularFile(list)) {
            throw new StorageException(
                    "backup: '" + backup + "' (expected: a folder that 'skep backup' has finished, with " + LIST + ")",
                    null);
        }
        try {
            JsonObject content = JsonObject.parse(Files.readString(list));
            content.number("format", 1, FORMAT);
            return content.list("files", JsonObject.class);
        } catch (IllegalArgumentException e) {
            throw new StorageException("backup: '" + list + "': " + e.getMessage(), e);
        }
    }

    private static Path place(Path folder, JsonObject file) {
        Path place = folder.resolve(file.text("name")).normalize();
        if (!place.startsWith(folder.normalize())) {
            throw new StorageException(
                    "backup: '" + file.text("name") + "' (expected: a file within the folder)", null);
        }
        return place;
    }

    private static void compare(Path folder, JsonObject file) throws IOException {
        Path place = place(folder, file);
        if (Files.size(place) != file.number("bytes") || !hash(place).equals(file.text("sha256"))) {
            throw new StorageException(
                    "backup: '" + place + "' (expected: the content that it was written with)", null);
        }
    }

    private static String hash(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
        }
    }
}
