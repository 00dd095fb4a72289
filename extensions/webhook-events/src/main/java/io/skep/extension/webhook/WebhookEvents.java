// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.event.Event;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Tells HTTP servers what happens in the broker, as {@code webhook-events.yaml} says. */
public final class WebhookEvents implements Extension {

    private static final long REPORT_SECONDS = 60;

    /** Makes ids different from those of other brokers and of other runs. */
    private final String run = HexFormat.of().toHexDigits(new SecureRandom().nextLong());

    private List<Courier> couriers = List.of();
    private String source = "";
    private Duration stopWait = Duration.ZERO;
    private long events; // of the thread that hears of events, one at a time

    @Override
    public void start(ExtensionContext context) {
        WebhookEventsConfig config = context.config(WebhookEventsConfig.class);
        Logger log = context.logger();
        source = config.source();
        stopWait = config.request().stopWait();
        couriers = config.targets().stream()
                .map(each -> new Target(each, config.request(), context.configFolder(), context.executor()))
                .map(target -> new Courier(target, config, context.meters(), log))
                .toList();
        couriers.forEach(Courier::start);
        context.executor()
                .scheduleWithFixedDelay(
                        () -> couriers.forEach(Courier::report), REPORT_SECONDS, REPORT_SECONDS, TimeUnit.SECONDS);
        context.hooks().listen(Event.class, this::happened);
    }

    private void happened(Event event) {
        List<Courier> told =
                couriers.stream().filter(courier -> courier.wants(event)).toList();
        if (!told.isEmpty()) {
            String id = run + "-" + ++events;
            byte[] json = EventJson.of(event, id, source, Instant.now());
            told.forEach(courier -> courier.offer(json));
        }
    }

    @Override
    public void stop() throws InterruptedException {
        long beginNanos = System.nanoTime();
        couriers.forEach(Courier::close);
        for (Courier courier : couriers) {
            courier.end(stopWait.toNanos() - (System.nanoTime() - beginNanos));
        }
    }
}
