// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the socket of a data folder is: in it, unless its path is longer than operating systems allow. Then it is in a
 * temporary folder, and a file in the data folder says where.
 */
final class AdminSocket {

    /** 108 bytes on Linux, 104 elsewhere, with a zero at the end. */
    private static final int PATH_BYTES_MAX = 103;

    private static final String NAME = "admin.sock";
    private static final String ELSEWHERE = "admin.path";
    private static final String FOLDER_PREFIX = "skep-admin-";

    private AdminSocket() {}

    /** {@return the address to bind, of a folder that is ours alone: what a killed broker left there is removed} */
    static UnixDomainSocketAddress prepare(Path folder) throws IOException {
        remove(folder);
        Path inside = folder.resolve(NAME);
        if (fits(inside)) {
            return UnixDomainSocketAddress.of(inside);
        }
        Path temporary = Files.createTempDirectory(FOLDER_PREFIX).toAbsolutePath();
        Path outside = temporary.resolve(NAME);
        if (!fits(outside)) {
            Files.delete(temporary);
            throw new IOException("java.io.tmpdir: '" + temporary + "' (expected: a shorter path, for the socket of '"
                    + folder + "')");
        }
        Files.writeString(folder.resolve(ELSEWHERE), outside.toString());
        return UnixDomainSocketAddress.of(outside);
    }

    /** {@return the address at which a running broker would be} */
    static UnixDomainSocketAddress find(Path folder) throws IOException {
        Path elsewhere = folder.resolve(ELSEWHERE);
        Path socket = Files.exists(elsewhere) ? Path.of(Files.readString(elsewhere)) : folder.resolve(NAME);
        return UnixDomainSocketAddress.of(socket);
    }

    /** Removes the socket of a folder that is ours alone. */
    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(NAME));
        Path elsewhere = folder.resolve(ELSEWHERE);
        if (Files.exists(elsewhere)) {
            Path outside = Path.of(Files.readString(elsewhere));
            Path parent = outside.getParent();
            if (parent != null && parent.getFileName().toString().startsWith(FOLDER_PREFIX)) {
                Files.deleteIfExists(outside);
                Files.deleteIfExists(parent);
            }
            Files.delete(elsewhere);
        }
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES_MAX;
    }
}
