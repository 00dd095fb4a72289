// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import io.skep.broker.json.JsonObject;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks the broker that runs on a data folder. */
public final class AdminClient {

    private static final int ANSWER_BYTES_MAX = 64 << 20;

    private AdminClient() {}

    /**
     * Asks, and waits for the answer.
     *
     * @param folder the data folder
     * @param request with the name of a command
     * @return the answer; null if no broker runs on that folder
     * @throws IOException if one may run, but cannot be asked
     * @throws StorageException if it refuses, with its words
     */
    public static @Nullable JsonObject ask(Path folder, JsonObject request, Duration timeout) throws IOException {
        UnixDomainSocketAddress address = AdminSocket.find(folder);
        if (!Files.exists(address.getPath())) {
            return null;
        }
        if (!Files.isWritable(address.getPath())) {
            throw new AccessDeniedException(
                    address + " (expected: to be asked by root or by the user that the broker runs as)");
        }
        String answer;
        try (SocketChannel channel = connect(address)) {
            if (channel == null) {
                return null;
            }
            Line line = new Line(channel, timeout);
            line.write(request.toString());
            answer = line.read(ANSWER_BYTES_MAX);
        }
        JsonObject parsed = JsonObject.parse(answer);
        if (parsed.has("error")) {
            throw new StorageException(parsed.text("error"), null);
        }
        return parsed;
    }

    /** Returns null if nobody listens: a killed broker leaves its socket. */
    private static @Nullable SocketChannel connect(UnixDomainSocketAddress address) {
        try {
            return SocketChannel.open(address);
        } catch (IOException e) {
            return null;
        }
    }
}
