// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/metrics-prometheus.yaml} says:
 *
 * <pre>{@code
 * address: 0.0.0.0
 * bearer-token: ${SCRAPE_TOKEN}
 * }</pre>
 *
 * @param address where it listens, an IP address or the name of this host
 * @param port where it listens; 0 for any that is free
 * @param path what is asked for
 * @param basic whom it answers; null for no such demand
 * @param bearerToken who shows it is answered; null for no such demand
 * @param tls what makes it HTTPS; null for HTTP
 */
public record MetricsPrometheusConfig(
        String address,
        Integer port,
        String path,
        @Nullable BasicConfig basic,
        @Nullable String bearerToken,
        @Nullable TlsConfig tls) {

    /** For a Prometheus, or its agent, on the same machine. */
    public static final MetricsPrometheusConfig DEFAULT =
            new MetricsPrometheusConfig("127.0.0.1", 9398, "/metrics", null, null, null);

    /** Checks each. */
    public MetricsPrometheusConfig {
        Checks.present("address", address, "such as 127.0.0.1, or 0.0.0.0 for all");
        if (port < 0 || port > 0xffff) {
            throw Checks.wrong("port", port.toString(), "0 to 65535");
        }
        if (!path.matches("/[A-Za-z0-9/_.~-]*")) {
            throw Checks.wrong("path", path, "such as /metrics");
        }
        if (bearerToken != null && !bearerToken.matches("[\\x21-\\x7e]+")) {
            throw Checks.wrong("bearer-token", "unfit", "visible ASCII characters without blanks, at least one");
        }
    }

    /** Without what opens the door. */
    @Override
    public String toString() {
        return (tls == null ? "http://" : "https://") + address + ":" + port + path;
    }
}
