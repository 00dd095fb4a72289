// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one broker's data. A lock of the operating system keeps a second broker out, and goes when the process
 * goes, however it dies; the process id in the lock file is only there to be read.
 */
public final class DataFolder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DataFolder.class);

    private static final String LOCK_FILE = "skep.lock";

    /** Folders of this process. Asked first: to open and close a lock file again would end the lock it has. */
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lockFile;

    private DataFolder(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the folder, if there is none, and takes it.
     *
     * @throws StorageException if another broker has it, or it cannot be written
     */
    public static DataFolder open(Path folder) {
        try {
            Path path = create(folder).toRealPath();
            if (!TAKEN.add(path)) {
                throw inUse(path, ownProcess());
            }
            try {
                return new DataFolder(path, lock(path));
            } catch (IOException | StorageException e) {
                TAKEN.remove(path);
                throw e;
            }
        } catch (IOException e) {
            throw new StorageException("storage.folder: '" + folder + "' (expected: a folder that can be written)", e);
        }
    }

    public Path path() {
        return path;
    }

    /** Gives the folder free. */
    @Override
    public void close() {
        try (lockFile) {
            lockFile.truncate(0); // the file itself stays: removing it could remove a successor's
        } catch (IOException e) {
            throw new StorageException("storage.folder: '" + path + "' could not be given free", e);
        } finally {
            TAKEN.remove(path);
        }
    }

    /**
     * Creates a folder if there is none; then it is there after a power cut too, which its synced files alone do not
     * say.
     */
    static Path create(Path folder) throws IOException {
        Path path = folder.toAbsolutePath();
        Path parent = path.getParent();
        if (parent != null) {
            if (!Files.exists(parent)) {
                create(parent);
            }
            Files.createDirectories(path);
            sync(parent);
        }
        return path;
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (AccessDeniedException e) {
            log.debug("{} cannot be synced", folder, e); // Windows; or not ours, and then not made by us either
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel file = FileChannel.open(
                path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            // a byte far behind the text: where locks are mandatory the text must stay readable
            locked = file.tryLock(Long.MAX_VALUE - 1, 1, false) != null;
            if (!locked) {
                throw inUse(path, read(file));
            }
            file.truncate(0);
            file.write(ByteBuffer.wrap(ownProcess().getBytes(StandardCharsets.US_ASCII)), 0);
            return file;
        } finally {
            if (!locked) {
                file.close();
            }
        }
    }

    private static String read(FileChannel file) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        file.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
    }

    private static String ownProcess() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static StorageException inUse(Path path, String owner) {
        return new StorageException(
                "storage.folder: '" + path + "' (expected: not in use, but process " + owner
                        + " has it; stop that broker or choose another folder)",
                null);
    }
}
