// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import io.skep.broker.admin.AdminServer;
import io.skep.broker.admin.Health;
import io.skep.broker.admin.SessionsReport;
import io.skep.broker.admin.Snapshot;
import io.skep.broker.config.ConfigBinder;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.config.StorageConfig;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.hook.HookChains;
import io.skep.broker.hook.Watchdog;
import io.skep.broker.loop.HeapGrowth;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.Router;
import io.skep.broker.service.Core;
import io.skep.broker.service.Services;
import io.skep.broker.session.SessionRegistry;
import io.skep.broker.storage.DataFolder;
import io.skep.broker.storage.DataFormat;
import io.skep.broker.storage.DataId;
import io.skep.broker.storage.Journal;
import io.skep.broker.transport.Listeners;
import io.skep.broker.transport.Reception;
import io.skep.sdk.event.Event;
import io.skep.sdk.storage.Storage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker. {@link #start} is the table of contents: each step has its undoing, and {@link #stop} undoes them
 * from the last to the first. Thread-safe.
 */
public final class Broker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Broker.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Injector injector;
    private final Listeners listeners;
    private boolean stopped;

    /**
     * Starts a broker; returns when clients can connect.
     *
     * @param config what {@code skep.yaml} says
     * @param home what relative paths in it are relative to
     * @throws IOException if a port cannot be bound; nothing is left running
     * @throws io.skep.sdk.storage.StorageException if the data cannot be used
     */
    public static Broker start(SkepConfig config, Path home) throws IOException {
        return new Broker(config, home);
    }

    private Broker(SkepConfig config, Path home) throws IOException {
        try {
            Path data = takeFolder(config.storage(), home);
            Metrics metrics = new Metrics();
            HookChains hooks = new HookChains();
            Instant began = Instant.now();
            Services services = new Services(metrics);
            ExtensionHost extensions = startExtensions(config.extensions(), home, hooks, metrics, services);
            Storage storage = ofOurFormat(StorageEngines.open(config.storage(), data, extensions));
            String dataId = idOf(storage);
            injector = wire(new BrokerModule(config, metrics, hooks, services, extensions, storage), storage);
            startThreads();
            Health health = startAdmin(home.resolve(config.storage().folder()), extensions);
            loadSessions(storage);
            watch(extensions);
            hooks.fire(new Event.BrokerStarting());
            listeners = listen(
                    config.listeners().stream().map(each -> each.in(home)).toList());
            services.open(core(config, began, dataId));
            health.state(Health.State.READY);
            undo.push(() -> health.state(Health.State.STOPPING));
            hooks.fire(new Event.BrokerReady(listeners.addresses()));
            undo.push(() -> hooks.fire(new Event.BrokerStopping()));
        } catch (IOException | RuntimeException e) {
            stop();
            throw e;
        }
        log.info("ready: {}", addresses());
    }

    private Path takeFolder(StorageConfig config, Path home) {
        DataFolder folder = DataFolder.open(home.resolve(config.folder()));
        undo.push(folder::close);
        return folder.path();
    }

    /** Starts them before the storage is opened, which may be one of theirs, and ends them when it is closed. */
    private ExtensionHost startExtensions(
            ExtensionsConfig config, Path home, HookChains hooks, Metrics metrics, Services services) {
        ExtensionHost extensions = new ExtensionHost(config, home, hooks, metrics, ConfigBinder::bind, services);
        undo.push(extensions::stop);
        undo.push(services::end);
        extensions.start();
        return extensions;
    }

    /** From now on the storage is the journal's. */
    private Injector wire(BrokerModule module, Storage storage) {
        try {
            return Guice.createInjector(Stage.PRODUCTION, module);
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    private static Storage ofOurFormat(Storage storage) {
        try {
            DataFormat.prepare(storage);
            return storage;
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    private static String idOf(Storage storage) {
        try {
            return DataId.of(storage);
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    private void startThreads() {
        Journal journal = injector.getInstance(Journal.class);
        undo.push(journal::close);
        Loops loops = injector.getInstance(Loops.class);
        undo.push(injector.getInstance(SessionRegistry.class)::release);
        undo.push(() -> loops.close(STOP_TIMEOUT));
        undo.push(Watchdog.start(loops.all(), injector.getInstance(Metrics.class))::close);
        HeapGrowth.watch(loops.all().get(0));
    }

    /** Before sessions are loaded, so that a start that takes long can be seen. */
    private Health startAdmin(Path folder, ExtensionHost extensions) {
        Journal journal = injector.getInstance(Journal.class);
        Health health = new Health(
                journal,
                injector.getInstance(Reception.class)::size,
                injector.getInstance(SessionRegistry.class)::size);
        Snapshot snapshot = new Snapshot(folder, journal);
        try {
            Snapshot.deleteAbandoned(folder);
            AdminServer admin = AdminServer.open(folder)
                    .answer("health", health)
                    .answer("sessions", new SessionsReport(injector.getInstance(SessionRegistry.class)))
                    .answer("backup", snapshot::take)
                    .answer("backup-done", snapshot::remove)
                    .answer("extensions", new ExtensionsCommand(extensions, injector.getInstance(HookChains.class)));
            undo.push(admin::close);
        } catch (IOException e) {
            log.warn(
                    "no admin socket for '{}' (expected: a folder that can have one); 'skep health', 'skep sessions', 'skep backup'"
                            + " and 'skep extensions' cannot ask this broker",
                    folder,
                    e);
        }
        return health;
    }

    private Core core(SkepConfig config, Instant began, String dataId) {
        return new Core(
                config.mqtt(),
                injector.getInstance(SessionRegistry.class),
                injector.getInstance(Router.class),
                injector.getInstance(Journal.class),
                injector.getInstance(HookChains.class),
                injector.getInstance(Reception.class),
                Facts.of(config.listeners(), listeners.addresses(), began, dataId));
    }

    private void loadSessions(Storage storage) {
        SessionRegistry sessions = injector.getInstance(SessionRegistry.class);
        sessions.load(storage);
        log.info("sessions: {}", sessions.size());
    }

    /** From now on hooks are called, and what changes in the folder takes effect. */
    private void watch(ExtensionHost extensions) {
        undo.push(extensions::endWatch);
        extensions.activate(injector.getInstance(Loops.class).all());
    }

    private Listeners listen(List<ListenerConfig> configs) throws IOException {
        Reception reception = injector.getInstance(Reception.class);
        boolean open = injector.getInstance(HookChains.class).authenticates();
        List<ListenerConfig> allowed =
                open ? configs : configs.stream().map(Broker::onLoopback).toList();
        Listeners all = new Listeners(
                allowed,
                injector.getInstance(Loops.class),
                reception,
                injector.getInstance(Metrics.class),
                injector.getInstance(SkepConfig.class).mqtt().connectTimeout());
        injector.getInstance(SessionRegistry.class).resume();
        all.start();
        undo.push(() -> reception.closeAll(STOP_TIMEOUT));
        undo.push(all::close);
        return all;
    }

    /** Who lets everybody in serves this machine only. */
    private static ListenerConfig onLoopback(ListenerConfig config) {
        if (isLoopback(config.address())) {
            return config;
        }
        log.warn(
                "listener {}: bound to 127.0.0.1 instead of {}, because no extension authenticates clients"
                        + " (put one into extensions/, for instance auth-file or allow-all)",
                config.name(),
                config.address());
        return config.withAddress("127.0.0.1");
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** {@return the bound addresses, in the order of the configuration} */
    public List<InetSocketAddress> addresses() {
        return listeners.addresses();
    }

    /** {@return one of the broker's singletons, for the command line, tests and tools} */
    public <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    /** Stops in order: accepts no more, tells clients, stores what is left, closes. Takes a few seconds at most. */
    public synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException e) {
                log.error("a step of the stop failed", e);
            }
        }
        log.info("stopped");
    }

    @Override
    public void close() {
        stop();
    }
}
