// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows what is counted to Prometheus, as {@code metrics-prometheus.yaml} says. A reload starts it beside itself, when
 * the port is still in use: so it waits for a port, instead of failing.
 */
public final class MetricsPrometheus implements Extension {

    private static final long RETRY_MILLIS = 250;
    private static final int TRIES_BEFORE_WARNING = 40;

    private @Nullable Endpoint endpoint; // guarded by this
    private boolean stopped; // guarded by this

    @Override
    public void start(ExtensionContext context) {
        MetricsPrometheusConfig config = context.config(MetricsPrometheusConfig.class);
        Families families = new Families(context.logger());
        Page page = new Page(() -> families.of(context.meters().read()), context.logger());
        open(context, config, page, 1);
    }

    private synchronized void open(ExtensionContext context, MetricsPrometheusConfig config, Page page, int tries) {
        if (stopped) {
            return;
        }
        try {
            Endpoint fresh = Endpoint.open(config, context.configFolder(), page);
            endpoint = fresh;
            String scheme = config.tls() == null ? "http" : "https";
            int port = fresh.address().getPort();
            context.logger().info("metrics are at {}://{}:{}{}", scheme, config.address(), port, config.path());
        } catch (BindException e) {
            if (tries == TRIES_BEFORE_WARNING) {
                context.logger().warn("port {}: in use (expected: free; waiting for it)", config.port());
            }
            context.executor()
                    .schedule(() -> open(context, config, page, tries + 1), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** {@return where it listens; null while it waits for its port} */
    synchronized @Nullable InetSocketAddress address() {
        return endpoint == null ? null : endpoint.address();
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        if (endpoint != null) {
            endpoint.close();
        }
    }
}
