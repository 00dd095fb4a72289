// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.ExtensionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files, and reads them again once they have changed and then stayed as they are from one poll to the next:
 * somebody may be in the middle of writing. What cannot be read is reported once, and what held before holds on. Runs
 * on one thread at a time.
 */
final class Reload {

    private static final String GONE = "gone";

    private final ExtensionContext context;
    private final Path configFile;
    private final Consumer<Directory> target;
    private @Nullable Path usersFile;
    private List<String> read = List.of();
    private List<String> seen = List.of();

    Reload(ExtensionContext context, Consumer<Directory> target) {
        this.context = context;
        this.configFile = context.configFolder().resolve(context.id() + ".yaml");
        this.target = target;
    }

    /** Reads the files; what is wrong with them is thrown. */
    void first() {
        Directory directory = directory();
        target.accept(directory);
        if (directory.size() == 0) {
            context.logger().warn("no users, so nobody can log in; add some to {}", configFile);
        }
    }

    /** Reads the files again if they have changed. */
    void poll() {
        List<String> now = stamps();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(read)) {
            return;
        }
        try {
            Directory directory = directory();
            if (now.get(0).equals(GONE)) {
                throw new IllegalArgumentException(configFile + ": gone (expected: a file, if need be an empty one)");
            }
            target.accept(directory);
            context.logger().info("{} users read", directory.size());
        } catch (RuntimeException e) {
            context.logger().warn("the change is not used, the users stay as they were: {}", e.getMessage());
        }
    }

    /** Reads the files; notes their stamps before, so that what changes meanwhile is seen by the next poll. */
    private Directory directory() {
        usersFile = null;
        read = stamps();
        AuthFileConfig config = context.config(AuthFileConfig.class);
        String name = config.usersFile();
        usersFile = name == null ? null : context.configFolder().resolve(name);
        if (usersFile == null) {
            return new Directory(config.users(), config.roles());
        }
        read = List.of(read.get(0), stamp(usersFile));
        if (read.contains(GONE)) {
            throw new IllegalArgumentException(
                    "users-file: " + name + " (expected: a file; " + usersFile + " is none)");
        }
        UsersFile users = context.config(UsersFile.class, usersFile);
        return new Directory(users.users(), users.roles());
    }

    private List<String> stamps() {
        List<String> stamps = new ArrayList<>();
        stamps.add(stamp(configFile));
        if (usersFile != null) {
            stamps.add(stamp(usersFile));
        }
        return stamps;
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (NoSuchFileException e) {
            return GONE;
        } catch (IOException e) {
            return e.toString(); // reading the file will say it
        }
    }
}
