// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.sdk.event.Event;
import io.skep.sdk.service.Counter;
import io.skep.sdk.service.Meters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Delivers events to one target on a thread of its own: in their order, one request at a time, each until it succeeds,
 * it is given up, or the extension stops. A server that has taken events without saying so gets them again.
 */
final class Courier {

    private static final long INTERRUPTED_MILLIS_MAX = 300;

    private final Target target;
    private final Backlog backlog;
    private final RequestConfig config;
    private final Logger log;
    private final Thread thread;
    private final Counter delivered;
    private final Counter failures;
    private final Counter noRoom;
    private final Counter givenUp;
    private final Counter leftAtStop;
    private final AtomicLong droppedSinceReport = new AtomicLong();
    private volatile int underWay; // written by the thread alone
    private boolean failing; // of the thread alone

    Courier(Target target, WebhookEventsConfig config, Meters meters, Logger log) {
        this.target = target;
        this.backlog = new Backlog(config.batch(), config.queue());
        this.config = config.request();
        this.log = log;
        this.thread = new Thread(this::run, "webhook-events to " + target.config());
        thread.setDaemon(true);
        Map<String, String> tags = Map.of("target", target.config().place());
        delivered = meters.counter("delivered", "events that a server has taken", tags);
        failures = meters.counter("failures", "requests that failed", tags);
        noRoom = dropped(meters, "queue_full");
        givenUp = dropped(meters, "given_up");
        leftAtStop = dropped(meters, "stopped");
        meters.gauge("waiting", "events that wait or are under way", tags, () -> backlog.size() + underWay);
    }

    private Counter dropped(Meters meters, String reason) {
        return meters.counter(
                "dropped",
                "events that were not delivered",
                Map.of("target", target.config().place(), "reason", reason));
    }

    void start() {
        thread.start();
    }

    boolean wants(Event event) {
        return target.config().wants(event);
    }

    /** Takes an event, or drops it if too many wait; never waits. */
    void offer(byte[] json) {
        if (!backlog.offer(json)) {
            drop(noRoom, 1);
        }
    }

    private void drop(Counter reason, int count) {
        reason.add(count);
        droppedSinceReport.addAndGet(count);
    }

    /** Logs what was dropped since the last time, if anything was. */
    void report() {
        long count = droppedSinceReport.getAndSet(0);
        if (count > 0) {
            log.warn("{}: {} events were dropped (expected: a server that takes them in time)", target.config(), count);
        }
    }

    /** Takes nothing more, and sends what waits without a wait. */
    void close() {
        backlog.close();
    }

    /** Waits for the last delivery after {@link #close}, but not for long. */
    void end(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, nanos));
        thread.interrupt();
        thread.join(INTERRUPTED_MILLIS_MAX);
        drop(leftAtStop, backlog.size() + underWay);
        report();
    }

    private void run() {
        try {
            for (List<byte[]> events = backlog.take(); !events.isEmpty(); events = backlog.take()) {
                underWay = events.size();
                deliver(events);
                underWay = 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the time for the stop is over
        }
    }

    private void deliver(List<byte[]> events) throws InterruptedException {
        byte[] body = body(events);
        Backoff backoff = new Backoff(config);
        long beginNanos = System.nanoTime();
        while (true) {
            try {
                target.send(body);
                succeeded(events.size());
                return;
            } catch (IOException | RuntimeException e) { // whatever it is, the thread goes on
                failed(e);
            }
            long giveUpNanos = config.giveUpAfter().toNanos();
            if (giveUpNanos > 0 && System.nanoTime() - beginNanos >= giveUpNanos) {
                drop(givenUp, events.size());
                return;
            }
            backlog.pause(backoff.nextNanos());
        }
    }

    private void succeeded(int count) {
        delivered.add(count);
        if (failing) {
            failing = false;
            log.info("{}: takes events again", target.config());
        }
    }

    private void failed(Exception cause) {
        failures.add(1);
        if (!failing) {
            failing = true;
            log.warn("{}: does not take events; they wait and are sent again: {}", target.config(), cause.getMessage());
        }
    }

    /** A list in JSON. */
    private static byte[] body(List<byte[]> events) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        char before = '[';
        for (byte[] event : events) {
            body.write(before);
            body.writeBytes(event);
            before = ',';
        }
        body.write(']');
        return body.toByteArray();
    }
}
