// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import io.skep.extension.account.PasswordHash;
import io.skep.extension.account.RecentLogins;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords. For a user who does not exist it does the work that the last one took who does, so that nobody
 * learns from the time which users there are. What was right a short while ago is not hashed again. Thread-safe.
 */
final class PasswordCheck {

    private static final int RECENT_MAX = 10_000;

    /** By hash, whose salt stands for the user, so a changed one is another entry and none grows old. */
    private final RecentLogins<Boolean> recent = new RecentLogins<>(RECENT_MAX, Duration.ofDays(10_000));

    private volatile StoredPassword last = PasswordHash.ofNobody(PasswordHash.ITERATIONS_DEFAULT)::matches;

    /**
     * {@return whether a password is right}
     *
     * @param stored of the user; null if there is none
     */
    boolean matches(@Nullable String stored, byte[] password) {
        if (stored == null) {
            last.matches(password);
            return false;
        }
        if (recent.get(password, stored) != null) {
            return true;
        }
        StoredPassword hash = StoredPassword.parse(stored);
        last = hash;
        if (!hash.matches(password)) {
            return false;
        }
        recent.put(true, password, stored);
        return true;
    }
}
