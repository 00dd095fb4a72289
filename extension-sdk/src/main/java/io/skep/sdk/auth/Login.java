// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.Client;
import io.skep.sdk.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client that wants to connect. Its certificates have passed the TLS handshake already.
 *
 * @param client who it says it is
 * @param password the password of CONNECT, any bytes; null if there was none. Not copied, for other extensions see it
 *     too: not to be changed
 * @param userProperties of CONNECT, in their order
 */
public record Login(Client client, byte @Nullable [] password, List<UserProperty> userProperties) {

    /**
     * A login without user properties.
     *
     * @param client who it says it is
     * @param password null if there is none
     */
    public Login(Client client, byte @Nullable [] password) {
        this(client, password, List.of());
    }

    /** {@return the password read as UTF-8; empty if there was none} */
    public String passwordText() {
        return password == null ? "" : new String(password, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "Login[client=" + client + "]"; // the password stays out of logs
    }
}
