// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A client with a life of its own: a thread that does what the dice say until it is told to settle. */
abstract class Actor extends Thread implements AutoCloseable {

    final Random random;
    private volatile boolean settling;
    private volatile @Nullable Exception failure;

    Actor(String name, long seed) {
        super(name);
        setDaemon(true);
        random = new Random(seed ^ name.hashCode());
    }

    /** Returns when it was told to settle and has done so. */
    abstract void live() throws Exception;

    boolean isSettling() {
        return settling;
    }

    /** No more adventures: ends what it began, and stays where it has something to receive. */
    void settle() {
        settling = true;
    }

    /** A time in which it does nothing. */
    void pause(int millisMax) throws InterruptedException {
        sleep(random.nextInt(millisMax) + 1L);
    }

    boolean oneOf(int chances) {
        return random.nextInt(chances) == 0;
    }

    @Override
    public void run() {
        try {
            live();
        } catch (InterruptedException e) {
            interrupt(); // by close
        } catch (Exception e) {
            failure = e;
        }
    }

    /** {@return whether it has ended by itself within that time} */
    boolean hasEnded(Duration patience) throws Exception {
        join(patience.toMillis());
        Exception thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        return !isAlive();
    }

    @Override
    public void close() {
        interrupt();
    }
}
