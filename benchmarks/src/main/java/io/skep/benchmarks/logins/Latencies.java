// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/** Times that something took: one thread adds them, another one looks now and then. */
final class Latencies {

    private final ReentrantLock lock = new ReentrantLock();
    private long[] nanos = new long[1 << 16];
    private int count;

    void add(long each) {
        lock.lock();
        try {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = each;
        } finally {
            lock.unlock();
        }
    }

    /** {@return median, 99th percentile and maximum of those since the last call, in milliseconds, and their number} */
    String take() {
        long[] taken;
        lock.lock();
        try {
            taken = Arrays.copyOf(nanos, count);
            count = 0;
        } finally {
            lock.unlock();
        }
        Arrays.sort(taken);
        int length = taken.length;
        return length == 0
                ? "0 0 0 0"
                : String.format(
                        Locale.ROOT,
                        "%.3f %.3f %.3f %d",
                        taken[length / 2] / 1e6,
                        taken[(int) (length * 99L / 100)] / 1e6,
                        taken[length - 1] / 1e6,
                        length);
    }
}
