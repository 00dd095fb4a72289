// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.service.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The services of all extensions. Extensions start before the broker has its storage, so what they ask for waits until
 * {@link #open}, and is then done in its order. After {@link #end} everything fails. Thread-safe.
 */
public final class Services {

    private final Metrics metrics;
    private final Set<ExtensionServices> all = ConcurrentHashMap.newKeySet();
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();
    private final Queue<Consumer<@Nullable Core>> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger(1); // steps, and the opening itself
    private volatile @Nullable Core core;
    private volatile boolean released;

    /** Services that wait for the broker. */
    public Services(Metrics metrics) {
        this.metrics = metrics;
    }

    /** {@return the services of one extension; to be closed with it} */
    public ExtensionServices of(String extension, ExtensionsConfig config, ClassLoader classes) {
        ExtensionServices services = new ExtensionServices(extension, config, classes, this);
        all.add(services);
        return services;
    }

    /** {@return the one of an extension, whichever version of it asks} */
    Turn turn(String extension) {
        return turns.computeIfAbsent(extension, id -> new Turn());
    }

    void remove(ExtensionServices services) {
        all.remove(services);
    }

    /** The broker runs. */
    public void open(Core running) {
        core = running;
        release();
    }

    /** The broker has stopped: its loops and its journal have ended. What is not answered yet fails. */
    public void end() {
        core = null;
        release();
        all.forEach(ExtensionServices::fail);
    }

    private void release() {
        if (!released) {
            released = true;
            if (waiting.decrementAndGet() > 0) {
                drain();
            }
        }
    }

    /** Runs a step when the broker runs; with null when it has stopped. Steps of one thread keep their order. */
    void whenOpen(Consumer<@Nullable Core> step) {
        if (waiting.get() == 0) {
            step.accept(core);
            return;
        }
        steps.add(step);
        if (waiting.getAndIncrement() == 0) {
            drain();
        }
    }

    private void drain() {
        do {
            steps.remove().accept(core);
        } while (waiting.decrementAndGet() > 0);
    }

    List<Reading> readings() {
        List<Reading> readings = new ArrayList<>(BrokerMeters.read(metrics, core));
        all.forEach(services -> services.meters().addTo(readings));
        return readings;
    }
}
