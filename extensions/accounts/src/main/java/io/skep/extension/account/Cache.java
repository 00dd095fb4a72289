// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How logins that were answered a short while ago are answered again without asking.
 *
 * @param time for how long; 0, which is the default, asks each time
 * @param entriesMax at most as many; 10000 if left out
 */
public record Cache(Duration time, @Nullable Integer entriesMax) {

    private static final Duration TIME_MAX = Duration.ofHours(24);
    private static final int ENTRIES_DEFAULT = 10_000;
    private static final int ENTRIES_MAX = 1_000_000;

    /** Every login is asked for. */
    public static final Cache NONE = new Cache(Duration.ZERO, null);

    /** Fills in what is left out, and checks the rest. */
    public Cache {
        time = time == null ? Duration.ZERO : time;
        if (time.isNegative() || time.compareTo(TIME_MAX) > 0) {
            throw new IllegalArgumentException("time: " + time.toMillis() + "ms (expected: 0s to 24h)");
        }
        if (entriesMax != null && (entriesMax < 2 || entriesMax > ENTRIES_MAX)) {
            throw new IllegalArgumentException("entries-max: " + entriesMax + " (expected: 2 to " + ENTRIES_MAX + ")");
        }
    }

    <V> RecentLogins<V> open() {
        return new RecentLogins<>(entriesMax == null ? ENTRIES_DEFAULT : entriesMax, time);
    }
}
