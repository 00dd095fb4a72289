// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user.
 *
 * @param password its hash, as {@code skep passwd} writes it
 * @param roles whose permissions it has, in this order
 * @param clientId which client ids it may use: {@code *} stands for any characters, {@code %u} for its name; absent for
 *     any
 */
public record User(
        String password, List<String> roles, @Nullable String clientId) {

    /** Checks the hash and fills in what is left out. */
    public User {
        if (password == null) {
            throw new IllegalArgumentException("password: none (expected: a hash, made with skep passwd)");
        }
        PasswordHash.parse(password);
        roles = roles == null ? List.of() : List.copyOf(roles);
    }

    @Override
    public String toString() {
        return "User[roles=" + roles + "]"; // hashes stay out of logs
    }
}
