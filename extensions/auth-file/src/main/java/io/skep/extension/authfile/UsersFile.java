// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.account.Role;
import java.util.Map;

/**
 * Users and roles in a file of their own.
 *
 * @param users by name
 * @param roles by name
 */
public record UsersFile(Map<String, User> users, Map<String, Role> roles) {

    /** Fills in what is left out. */
    public UsersFile {
        users = users == null ? Map.of() : Map.copyOf(users);
        roles = roles == null ? Map.of() : Map.copyOf(roles);
    }
}
