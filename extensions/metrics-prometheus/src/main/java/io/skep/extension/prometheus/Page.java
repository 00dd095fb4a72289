// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** The page with the metrics, in the format that is asked for. One thread reads at a time: a walk over all sessions. */
final class Page implements HttpHandler {

    private static final int OK = 200;
    private static final int INTERNAL_SERVER_ERROR = 500;
    private static final int WITHOUT_BODY = -1;

    private final Supplier<MetricSnapshots> snapshots;
    private final Logger log;
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
    private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();

    Page(Supplier<MetricSnapshots> snapshots, Logger log) {
        this.snapshots = snapshots;
        this.log = log;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String accepted = exchange.getRequestHeaders().getFirst("Accept");
        ExpositionFormatWriter format = openMetrics.accepts(accepted) ? openMetrics : text;
        byte[] body;
        try {
            body = write(format);
        } catch (RuntimeException e) {
            log.error("the metrics cannot be read", e);
            exchange.sendResponseHeaders(INTERNAL_SERVER_ERROR, WITHOUT_BODY);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", format.getContentType());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(OK, WITHOUT_BODY);
        } else {
            exchange.sendResponseHeaders(OK, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized byte[] write(ExpositionFormatWriter format) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        format.write(body, snapshots.get());
        return body.toByteArray();
    }
}
