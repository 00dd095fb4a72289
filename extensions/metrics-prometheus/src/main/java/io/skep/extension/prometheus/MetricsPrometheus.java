// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows what is counted to Prometheus, as {@code metrics-prometheus.yaml} says. */
public final class MetricsPrometheus implements Extension {

    private @Nullable Endpoint endpoint;

    @Override
    public void start(ExtensionContext context) {
        MetricsPrometheusConfig config = context.config(MetricsPrometheusConfig.class);
        Families families = new Families(context.logger());
        Page page = new Page(() -> families.of(context.meters().read()), context.logger());
        endpoint = Endpoint.open(config, context.configFolder(), page);
        context.logger()
                .info(
                        "metrics are at {}://{}:{}{}",
                        config.tls() == null ? "http" : "https",
                        config.address(),
                        address().getPort(),
                        config.path());
    }

    /** {@return where it listens} */
    InetSocketAddress address() {
        return Objects.requireNonNull(endpoint, "not started").address();
    }

    @Override
    public void stop() {
        if (endpoint != null) {
            endpoint.close();
        }
    }
}
