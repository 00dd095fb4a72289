// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

/**
 * How many threads.
 *
 * @param loops event loops; 0 for one per two processors
 * @param transport the way to the kernel
 */
public record ThreadConfig(int loops, Transport transport) {

    /** Refuses more loops than any machine can use. */
    public ThreadConfig {
        new Rules().range("loops", loops, 0, 1_024).check();
    }

    /** Ways to the kernel. */
    public enum Transport {
        /** Epoll where there is one, else NIO. */
        AUTO,
        /** Linux epoll. */
        EPOLL,
        /** Java NIO. */
        NIO
    }

    /** One loop per two processors, automatic transport. */
    public static final ThreadConfig DEFAULT = new ThreadConfig(0, Transport.AUTO);
}
