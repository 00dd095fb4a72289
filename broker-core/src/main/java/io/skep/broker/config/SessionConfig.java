// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.time.Duration;

/**
 * Bounds of what is kept for a client.
 *
 * @param expiryMax how long a session outlives its connection at most; 3.x sessions without clean session get this
 * @param queueMessagesMax messages waiting for one session
 * @param queueBytesMax bytes waiting for one session
 * @param queueBytesTotalMax bytes waiting for all sessions together, 0 for no bound
 * @param overflow what happens to a message when a queue is full
 * @param rejectTimeout how long a publisher of MQTT 3.x is held back for a full queue, if that rejects
 */
public record SessionConfig(
        Duration expiryMax,
        int queueMessagesMax,
        long queueBytesMax,
        long queueBytesTotalMax,
        Overflow overflow,
        Duration rejectTimeout) {

    /** Refuses negative bounds. */
    public SessionConfig {
        new Rules()
                .range("expiry-max", expiryMax, Duration.ZERO, NEVER)
                .range("queue-messages-max", queueMessagesMax, 0, Integer.MAX_VALUE)
                .range("queue-bytes-max", queueBytesMax, 0, Long.MAX_VALUE)
                .range("queue-bytes-total-max", queueBytesTotalMax, 0, Long.MAX_VALUE)
                .range("reject-timeout", rejectTimeout, Duration.ofMillis(1), Duration.ofDays(1))
                .check();
    }

    /** What is dropped when a queue is full, if anything. */
    public enum Overflow {
        /** The message that comes. */
        DROP_NEWEST,
        /** The message that has waited longest. */
        DROP_OLDEST,
        /**
         * None: the publisher is told that it is not accepted (MQTT 5.0), or is held back, and closed if that takes too
         * long (3.x, which has no word for it).
         */
        REJECT
    }

    /** An expiry that does not come; MQTT 5.0 writes it so. */
    public static final Duration NEVER = Duration.ofSeconds(0xFFFF_FFFFL);

    /** 30 days, 100,000 messages, 256 MiB, no total, drop the newest. */
    public static final SessionConfig DEFAULT = new SessionConfig(
            Duration.ofDays(30), 100_000, 256L << 20, 0, Overflow.DROP_NEWEST, Duration.ofSeconds(10));
}
