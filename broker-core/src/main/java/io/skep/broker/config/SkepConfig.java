// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.util.List;

/**
 * The whole configuration; every part has a default.
 *
 * @param listeners where clients connect
 * @param mqtt limits and choices of the protocol
 * @param sessions bounds of what is kept for a client
 * @param storage where and how it is kept
 * @param extensions where extensions are and how they are treated
 * @param threads how many
 */
public record SkepConfig(
        List<ListenerConfig> listeners,
        MqttConfig mqtt,
        SessionConfig sessions,
        StorageConfig storage,
        ExtensionsConfig extensions,
        ThreadConfig threads) {

    /** Refuses a broker that nobody can reach. */
    public SkepConfig {
        listeners = List.copyOf(listeners);
        new Rules()
                .expect("listeners", "an empty list", !listeners.isEmpty(), "at least one")
                .check();
    }

    /** One TCP listener on loopback, port 1883, and the defaults of every part. */
    public static final SkepConfig DEFAULT = new SkepConfig(
            List.of(ListenerConfig.tcp(1883)),
            MqttConfig.DEFAULT,
            SessionConfig.DEFAULT,
            StorageConfig.DEFAULT,
            ExtensionsConfig.DEFAULT,
            ThreadConfig.DEFAULT);
}
