// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import java.util.concurrent.ThreadLocalRandom;

/** Waits after failures: each twice as long as the one before, up to a bound, less up to a half by chance. */
final class Backoff {

    private static final int DOUBLINGS_MAX = 30;

    private final long firstNanos;
    private final long maxNanos;
    private int failures;

    Backoff(RequestConfig config) {
        this.firstNanos = config.retryFirst().toNanos();
        this.maxNanos = config.retryMax().toNanos();
    }

    long nextNanos() {
        int doublings = Math.min(failures++, DOUBLINGS_MAX);
        long nanos = firstNanos > maxNanos >> doublings ? maxNanos : firstNanos << doublings;
        return ThreadLocalRandom.current().nextLong(nanos / 2, nanos + 1);
    }
}
