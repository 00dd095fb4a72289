// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.account.PasswordHash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user.
 *
 * @param password the hash of its password, as {@code skep passwd} writes it; absent if it logs in with SCRAM only
 * @param scram what checks its password in the authentication method SCRAM-SHA-256 of MQTT 5.0, as {@code skep passwd
 *     --scram} writes it; absent if it shows its password
 * @param roles whose permissions it has, in this order
 * @param clientId which client ids it may use: {@code *} stands for any characters, {@code %u} for its name; absent for
 *     any
 */
public record User(
        @Nullable String password,
        @Nullable String scram,
        List<String> roles,
        @Nullable String clientId) {

    /** Checks what is there and fills in what is left out. */
    public User {
        if (password == null && scram == null) {
            throw new IllegalArgumentException(
                    "password: none (expected: a hash, made with skep passwd, or scram, with skep passwd --scram)");
        }
        if (password != null) {
            PasswordHash.parse(password);
        }
        if (scram != null) {
            ScramVerifier.parse(scram);
        }
        roles = roles == null ? List.of() : List.copyOf(roles);
    }

    @Override
    public String toString() {
        return "User[roles=" + roles + "]"; // hashes stay out of logs
    }
}
