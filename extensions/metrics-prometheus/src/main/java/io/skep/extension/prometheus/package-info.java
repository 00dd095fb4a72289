// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Shows what is counted to Prometheus.
 *
 * <p>Starting points: {@link io.skep.extension.prometheus.MetricsPrometheus},
 * {@link io.skep.extension.prometheus.MetricsPrometheusConfig}. Runs on threads of its own HTTP server, never on a
 * loop.
 */
@NullMarked
package io.skep.extension.prometheus;

import org.jspecify.annotations.NullMarked;
