// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.http.Checks;

/**
 * Basic authentication at the server.
 *
 * @param user without a colon
 * @param password best written as {@code ${NAME}}
 */
public record BasicConfig(String user, String password) {

    /** Checks that there are both. */
    public BasicConfig {
        if (user == null || user.isEmpty() || user.indexOf(':') >= 0) {
            throw Checks.wrong("user", String.valueOf(user), "a name without a colon");
        }
        if (password == null) {
            throw Checks.wrong("password", "none", "that of the user");
        }
    }

    @Override
    public String toString() {
        return user; // the password stays out of logs
    }
}
