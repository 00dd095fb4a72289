// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.time.Duration;

/**
 * Bounds of what is kept for a client.
 *
 * @param expiryMax how long a session outlives its connection at most; 3.x sessions without clean session get this
 * @param queueMessagesMax messages waiting for one session
 * @param queueBytesMax bytes waiting for one session
 * @param overflow what is dropped when a queue is full
 */
public record SessionConfig(Duration expiryMax, int queueMessagesMax, long queueBytesMax, Overflow overflow) {

    /** Refuses negative bounds. */
    public SessionConfig {
        new Rules()
                .range("expiry-max", expiryMax, Duration.ZERO, NEVER)
                .range("queue-messages-max", queueMessagesMax, 0, Integer.MAX_VALUE)
                .range("queue-bytes-max", queueBytesMax, 0, Long.MAX_VALUE)
                .check();
    }

    /** What is dropped when a queue is full. */
    public enum Overflow {
        /** The message that comes. */
        DROP_NEWEST,
        /** The message that has waited longest. */
        DROP_OLDEST
    }

    /** An expiry that does not come; MQTT 5.0 writes it so. */
    public static final Duration NEVER = Duration.ofSeconds(0xFFFF_FFFFL);

    /** 30 days, 100,000 messages, 256 MiB, drop the newest. */
    public static final SessionConfig DEFAULT =
            new SessionConfig(Duration.ofDays(30), 100_000, 256L << 20, Overflow.DROP_NEWEST);
}
