// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import java.time.Duration;

/**
 * How much is kept for the program, and how long the broker waits.
 *
 * @param connectTimeout longest from the first packet to the hello of the program
 * @param reconnectMax longest time between two attempts to connect
 * @param silenceMax longest time without a word from the program although it is asked; then the connection is made anew
 * @param inFlightMax calls that are not answered yet; those above have failed at once
 * @param inFlightBytesMax of these calls together
 * @param messageBytesMax longest single call, and longest message of the program
 * @param eventsMax events that wait for the program; those above are lost
 */
public record Limits(
        Duration connectTimeout,
        Duration reconnectMax,
        Duration silenceMax,
        Integer inFlightMax,
        Integer inFlightBytesMax,
        Integer messageBytesMax,
        Integer eventsMax) {

    /** Messages up to what the libraries of gRPC take unless they are told otherwise, 4 MiB. */
    public static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(30), 10_000, 32 << 20, 4 << 20, 10_000);

    /** Checks each. */
    public Limits {
        Checks.range("connect-timeout", connectTimeout, Duration.ofMillis(100), Duration.ofSeconds(20));
        Checks.range("reconnect-max", reconnectMax, Duration.ofMillis(100), Duration.ofMinutes(10));
        Checks.range("silence-max", silenceMax, Duration.ofMillis(100), Duration.ofHours(1));
        Checks.range("in-flight-max", inFlightMax, 1, 1_000_000);
        Checks.range("in-flight-bytes-max", inFlightBytesMax, 1 << 10, 1 << 30);
        Checks.range("message-bytes-max", messageBytesMax, 1 << 10, 256 << 20);
        Checks.range("events-max", eventsMax, 1, 1_000_000);
    }
}
