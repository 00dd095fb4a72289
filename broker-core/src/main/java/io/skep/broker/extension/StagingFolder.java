// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for temporary files of a broker. A broker that is killed leaves it behind, and the next one that starts
 * deletes it: a lock, which ends with the process, tells which folders are in use.
 */
final class StagingFolder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StagingFolder.class);
    private static final String PREFIX = "skep-extensions-";
    private static final String LOCK = "in-use";

    /** Those of this process, which must not look at them: a file that it closes loses all the locks that it has. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel held;

    /** Makes one, and deletes those that nobody uses any more. */
    StagingFolder() throws IOException {
        path = Files.createTempDirectory(PREFIX).toAbsolutePath();
        OWN.add(path);
        held = hold(path);
        deleteRemains();
    }

    private static FileChannel hold(Path folder) throws IOException {
        Path fresh = folder.resolve(LOCK + ".new"); // so that others find either no lock or one that is held
        FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            channel.lock();
            Files.move(fresh, folder.resolve(LOCK));
        } catch (IOException e) {
            log.debug("{} has no lock, and stays if this process is killed", folder, e);
        }
        return channel;
    }

    private void deleteRemains() {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(path.getParent(), PREFIX + "*")) {
            for (Path folder : folders) {
                if (!OWN.contains(folder)) {
                    deleteUnlessInUse(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("folders of brokers that were killed are not looked for", e);
        }
    }

    private void deleteUnlessInUse(Path folder) {
        Path lock = folder.resolve(LOCK);
        try {
            if (!Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path))) {
                return; // not of a broker, or of somebody else
            }
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                if (channel.tryLock() != null) {
                    delete(folder);
                }
            }
        } catch (IOException e) {
            log.debug("{} is left as it is", folder, e); // another broker may have deleted it in this moment
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        delete(path);
        try {
            held.close();
        } catch (IOException e) {
            log.debug("{} stays open", path, e);
        }
        OWN.remove(path);
    }

    /** Deletes a folder with all that is in it. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            log.warn("working copies of extensions stay in {}, which may be deleted: {}", folder, e.toString());
        }
    }
}
