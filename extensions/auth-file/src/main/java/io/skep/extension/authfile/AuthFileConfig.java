// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.account.Role;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/auth-file.yaml} says: the users and roles, or the file that has them.
 *
 * <pre>{@code
 * users:
 *   anna:
 *     password: $pbkdf2-sha512$i=210000$...
 *     scram: $scram-sha-256$i=15000$...
 *     roles: [device]
 *     client-id: "%u-*"
 * roles:
 *   device:
 *     permissions:
 *       - topic: devices/%c/private/#
 *         actions: [subscribe]
 *         effect: deny
 *       - topic: devices/%c/#
 *         qos-max: 1
 *         retain: false
 * }</pre>
 *
 * @param usersFile a file with {@code users} and {@code roles}, relative to the folder of the configuration
 * @param users by name
 * @param roles by name
 */
public record AuthFileConfig(@Nullable String usersFile, Map<String, User> users, Map<String, Role> roles) {

    /** Fills in what is left out. */
    public AuthFileConfig {
        users = users == null ? Map.of() : Map.copyOf(users);
        roles = roles == null ? Map.of() : Map.copyOf(roles);
        if (usersFile != null && !(users.isEmpty() && roles.isEmpty())) {
            throw new IllegalArgumentException(
                    "users-file: " + usersFile + " (expected: users and roles are either here or there)");
        }
    }
}
