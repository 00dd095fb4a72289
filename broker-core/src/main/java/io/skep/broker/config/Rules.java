// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.broker.config.ConfigProblem.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with the values of one record, so that its constructor can say all of it at once. */
final class Rules {

    private final List<ConfigProblem> broken = new ArrayList<>();

    Rules range(String key, long value, long min, long max) {
        String expected = max >= Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
        return expect(key, value, value >= min && value <= max, expected);
    }

    Rules range(String key, Duration value, Duration min, Duration max) {
        boolean holds = value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
        return expect(key, Scalars.text(value), holds, Scalars.text(min) + " to " + Scalars.text(max));
    }

    Rules expect(String key, Object found, boolean holds, String expected) {
        if (!holds) {
            broken.add(new ConfigProblem(Origin.CODE, key, String.valueOf(found), expected));
        }
        return this;
    }

    /** Throws if a rule was broken. */
    void check() {
        if (!broken.isEmpty()) {
            throw new ConfigException(broken);
        }
    }
}
