// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import io.skep.broker.json.JsonObject;
import java.io.IOException;

/** One thing that a tool may ask of a running broker. */
@FunctionalInterface
public interface AdminCommand {

    /**
     * Answers a request. On the thread {@code skep-admin}, which may wait: others who ask wait too.
     *
     * @param request with the command's name in {@code command}
     * @return the answer
     * @throws IllegalArgumentException if the request is wrong; its message goes to who asked
     * @throws io.skep.sdk.storage.StorageException if it cannot be done; its message goes to who asked
     * @throws IOException the same
     * @throws InterruptedException if the broker stops
     */
    JsonObject run(JsonObject request) throws IOException, InterruptedException;
}
