// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

/**
 * Whom basic authentication lets in.
 *
 * @param user without a colon
 * @param password best written as {@code ${NAME}}
 */
public record BasicConfig(String user, String password) {

    /** Checks that there are both. */
    public BasicConfig {
        if (Checks.present("user", user, "a name without a colon").indexOf(':') >= 0) {
            throw Checks.wrong("user", user, "a name without a colon");
        }
        Checks.present("password", password, "that of the user");
    }

    @Override
    public String toString() {
        return user; // the password stays out of logs
    }
}
