// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.extension.http.Checks;
import java.util.List;

/**
 * What {@code conf/extensions/webhook-events.yaml} says:
 *
 * <pre>{@code
 * targets:
 *   - url: https://hooks.example.com/mqtt
 *     events: [ClientConnected, ClientDisconnected]
 *     secret: ${HOOK_SECRET}
 * }</pre>
 *
 * @param targets who is told
 * @param source which broker this is, for who hears of several; a URI, or a relative one
 * @param batch what goes into one request
 * @param queue what may wait for one target
 * @param request how long a request may take, and what follows when it fails
 */
public record WebhookEventsConfig(
        List<TargetConfig> targets, String source, BatchConfig batch, QueueConfig queue, RequestConfig request) {

    private static final int TARGETS_MAX = 20; // each has a thread

    /** Fills in what is left out, and checks the rest. */
    public WebhookEventsConfig {
        targets = targets == null ? List.of() : List.copyOf(targets);
        source = source == null ? "skep" : source;
        batch = batch == null ? BatchConfig.DEFAULT : batch;
        queue = queue == null ? QueueConfig.DEFAULT : queue;
        request = request == null ? RequestConfig.DEFAULT : request;
        Checks.range("targets", targets.size(), 1, TARGETS_MAX);
        if (!source.matches("[A-Za-z0-9:/?#@!$&'()*+,;=._~%-]+")) {
            throw Checks.wrong("source", source, "a URI or a part of one, such as skep or //plant-7/skep");
        }
        long different = targets.stream().map(TargetConfig::place).distinct().count();
        if (different < targets.size()) {
            throw Checks.wrong("targets", "twice the same URL", "each once, apart from what follows ?");
        }
    }
}
