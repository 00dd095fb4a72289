// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do. */
final class Waiting {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Waiting() {}

    static void until(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > DEADLINE_NANOS) {
                fail("did not happen in time: " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
