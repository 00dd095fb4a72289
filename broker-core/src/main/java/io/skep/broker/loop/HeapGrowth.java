// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import java.util.function.LongSupplier;

/**
 * Has the heap collected when it has doubled. Since JDK 22 the serial collector never does that by itself before the
 * largest heap is reached: what was under way when a young collection came is promoted, soon garbage, and stays, so
 * that a broker with a few megabytes to keep grows to gigabytes. A heap that doubles because there is so much to keep
 * is collected a few times only, at each doubling. {@code bin/skep} asks for it together with that collector.
 */
public final class HeapGrowth implements Runnable {

    private static final long SMALL_BYTES = 24 << 20;

    private final LongSupplier heapBytes;
    private final Runnable collection;
    private long bytes = SMALL_BYTES; // at the last collection, or when it is not worth one

    HeapGrowth(LongSupplier heapBytes, Runnable collection) {
        this.heapBytes = heapBytes;
        this.collection = collection;
    }

    /** Begins to look, if the start script asks for it. */
    public static void watch(Loop loop) {
        if (Boolean.getBoolean("skep.collect-growth")) {
            loop.everySecond(new HeapGrowth(Runtime.getRuntime()::totalMemory, System::gc));
        }
    }

    @Override
    public void run() {
        if (heapBytes.getAsLong() >= 2 * bytes) {
            collection.run();
            bytes = Math.max(SMALL_BYTES, heapBytes.getAsLong());
        }
    }
}
