// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.HookOptions;
import java.time.Duration;
import java.util.List;

/**
 * How long answers of the authorizers may be remembered. Made anew with the chains, and compared by identity: who holds
 * an older one holds answers of other authorizers.
 */
public final class AnswerMemory {

    private final long allowNanos;
    private final long denyNanos;

    AnswerMemory(List<? extends Hook<?>> authorizers) {
        allowNanos = shortest(
                authorizers.stream().map(hook -> hook.options().allowsFor()).toList());
        denyNanos = shortest(
                authorizers.stream().map(hook -> hook.options().deniesFor()).toList());
    }

    private static long shortest(List<Duration> times) {
        return times.stream()
                .min(Duration::compareTo)
                .orElse(HookOptions.CONNECTION)
                .toNanos();
    }

    /** {@return for how long a positive answer} */
    public long allowNanos() {
        return allowNanos;
    }

    /** {@return for how long a negative answer} */
    public long denyNanos() {
        return denyNanos;
    }
}
