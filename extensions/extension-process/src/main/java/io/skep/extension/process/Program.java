// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.event.Event;
import io.skep.sdk.service.Counter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The program beside the broker: connected to, and connected to again for as long as the extension runs. Each attempt
 * is a {@link Link} of its own; the pause between two grows up to a bound, and is random in part, so that many brokers
 * do not fall upon a program that comes back. Thread-safe.
 */
final class Program implements Link.Owner {

    private static final long PAUSE_MILLIS_MIN = 100;
    private static final int DOUBLINGS_MAX = 20;
    private static final long SWEEP_MILLIS = 500;

    private final ProcessConfig config;
    private final Logger log;
    private final ScheduledExecutorService timer;
    private final ExecutorService threads;
    private final ChannelCredentials credentials;
    private final EventFeed events;
    private final Counter strayAnswers;
    private final CountDownLatch firstAttempt = new CountDownLatch(1);
    private volatile Wants wants;
    private volatile @Nullable Link link; // open
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Link latest; // guarded by the lock, as what follows
    private int attempts;
    private long openedNanos;
    private boolean stopped;

    Program(ProcessConfig config, ExtensionContext context) {
        this.config = config;
        this.log = context.logger();
        this.timer = context.executor();
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "skep-ext-" + context.id() + "-grpc");
            thread.setDaemon(true);
            return thread;
        });
        this.credentials = config.tls() == null
                ? InsecureChannelCredentials.create()
                : config.tls().credentials(context.configFolder());
        this.events = new EventFeed(
                config.limits().eventsMax(),
                context.meters().counter("events_lost", "events that the program was too slow for, or away"));
        this.strayAnswers = context.meters().counter("stray_answers", "answers too late, or to no call");
        context.meters().gauge("connected", "whether the program is connected", Map.of(), () -> link == null ? 0 : 1);
        this.wants = Wants.everything(config.hooks());
    }

    /** Connects; waits for the first attempt, so that the first clients of the broker need not fail. */
    void start() {
        warnIfReadable();
        connect();
        timer.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        try {
            firstAttempt.await(config.limits().connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void warnIfReadable() {
        try {
            if (config.tls() == null && !InetAddress.getByName(config.host()).isLoopbackAddress()) {
                log.warn(
                        "passwords and messages go to {} unencrypted; set tls, unless the network is trusted",
                        config.host());
            }
        } catch (UnknownHostException e) {
            log.warn("address: {} (expected: a host that is known): {}", config.host(), e.getMessage());
        }
    }

    private void connect() {
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            ManagedChannel channel = OkHttpChannelBuilder.forTarget("dns:///" + config.address(), credentials)
                    .directExecutor() // what comes is handed on at once
                    .offloadExecutor(threads)
                    .transportExecutor(threads)
                    .scheduledExecutorService(timer)
                    .maxInboundMessageSize(config.limits().messageBytesMax())
                    .disableServiceConfigLookUp()
                    .disableRetry()
                    .build();
            Link fresh = new Link(
                    channel,
                    new Calls(config.limits(), config.deadline()),
                    events,
                    threads,
                    config.limits().silenceMax(),
                    this);
            latest = fresh;
            Wire.BrokerHello.Builder hello = Wire.BrokerHello.newBuilder();
            config.hooks().forEach(kind -> hello.addHooks(kind.wire()));
            fresh.start(hello.build());
            timer.schedule(
                    () -> {
                        if (!fresh.isOpen()) {
                            fresh.close("hello: none within limits.connect-timeout");
                        }
                    },
                    config.limits().connectTimeout().toMillis(),
                    TimeUnit.MILLISECONDS);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void opened(Link fresh, Wire.ProgramHello hello) {
        Wants said = Wants.of(hello, config.hooks());
        lock.lock();
        try {
            if (fresh.isClosed()) {
                return; // by another thread, and the next attempt is due
            }
            wants = said;
            link = fresh;
            openedNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
        log.info("{}: connected to '{}', which wants {}", config.address(), said.name(), said.hooks());
        firstAttempt.countDown();
    }

    @Override
    public void closed(Link old, String why) {
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            boolean wasOpen = link == old;
            if (wasOpen) {
                link = null;
                attempts = System.nanoTime() - openedNanos
                                > config.limits().reconnectMax().toNanos()
                        ? 0
                        : attempts;
            }
            if (wasOpen || attempts == 0) {
                log.warn(
                        "{}: not connected: {} (tried again until it is; meanwhile calls fail)", config.address(), why);
            } else {
                log.debug("{}: not connected: {}", config.address(), why);
            }
            timer.schedule(this::connect, pauseMillis(attempts++), TimeUnit.MILLISECONDS);
            firstAttempt.countDown();
        } finally {
            lock.unlock();
        }
    }

    private long pauseMillis(int attempt) {
        long grown = PAUSE_MILLIS_MIN << Math.min(attempt, DOUBLINGS_MAX);
        long pause = Math.min(grown, config.limits().reconnectMax().toMillis());
        return pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    }

    @Override
    public void strayAnswer() {
        strayAnswers.increment();
    }

    private void sweep() {
        Link current = link;
        if (current != null) {
            current.sweep();
        }
    }

    /** {@return what the program is asked and told} */
    Wants wants() {
        return wants;
    }

    /** {@return where to ask} */
    Link link() {
        Link current = link;
        if (current == null) {
            throw new Unanswered("program: not connected");
        }
        return current;
    }

    /** Tells the program, if it wants to know. */
    void tell(Event event) {
        Wants now = wants;
        if (!now.hook(HookKind.EVENTS)) {
            return;
        }
        Wire.Event wire = Questions.event(event);
        if (wire != null && now.events().contains(wire.getEventCase())) {
            events.add(wire);
            Link current = link;
            if (current != null) {
                current.wake();
            }
        }
    }

    /** Ends the connection, and the threads. */
    void stop() {
        Link last;
        lock.lock();
        try {
            stopped = true;
            last = latest;
            link = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close("the extension stops");
            try {
                last.awaitEnd();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.shutdownNow();
    }
}
