// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * The order in which an extension's data is read and written: all calls go through one loop, which hands them to the
 * journal. A commit with expectations reads first, and holds the turn until its write is submitted; the calls behind it
 * wait. Nobody else writes there, so what was read still holds when it is written.
 */
final class Turn {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0); // this and the flag: on the loop
    private boolean held;

    /** Makes a call when its turn comes. Any thread; always with the same loop. */
    void take(Executor loop, Runnable call) {
        loop.execute(() -> {
            if (held) {
                waiting.add(call);
            } else {
                call.run();
            }
        });
    }

    /** Lets nobody else in. On the loop. */
    void hold() {
        held = true;
    }

    /** Lets the next in. On the loop. */
    void pass() {
        held = false;
        while (!held && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
