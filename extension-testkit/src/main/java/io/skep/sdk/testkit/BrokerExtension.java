// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.Broker;
import io.skep.broker.config.ConfigLoader;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.Extension;
import io.skep.sdk.Hooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real broker for tests: on free ports of loopback, with RocksDB in a folder that is deleted afterwards.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BrokerExtension broker = BrokerExtension.create()
 *         .set("mqtt.in-flight-max", 10)
 *         .config("gate", "users: {ann: secret}")
 *         .extension("gate", new Gate());
 *
 * @Test
 * void aClientWithTheRightPasswordIsLetIn() {
 *     client.connect("127.0.0.1", broker.port());
 * }
 * }</pre>
 *
 * <p>In a static field the broker serves all tests of the class, in an instance field each test has its own. What a
 * test itself adds with {@link #hooks} or {@link #extension}, or sets with {@link #config}, ends with it. One thread.
 */
public final class BrokerExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final GivenConfigs configs = new GivenConfigs();
    private final List<Registration> registrations = new ArrayList<>();
    private final List<Installed> installed = new ArrayList<>();
    private UnaryOperator<SkepConfig> change = UnaryOperator.identity();
    private final SamePorts ports = new SamePorts();
    private @Nullable ManualTime time;
    private boolean servesClass;
    private int registrationsOfClass;
    private @Nullable Path home;
    private @Nullable Broker broker;

    private BrokerExtension() {
        set("listeners[0].port", 0);
        set("threads.loops", 2); // so that clients of different loops meet, also on a small machine
    }

    /** {@return a broker with the default configuration, to be started by JUnit} */
    public static BrokerExtension create() {
        return new BrokerExtension();
    }

    /**
     * Changes the configuration, from the next start on.
     *
     * @param key a path of {@code skep.yaml}, for instance {@code sessions.queue-messages-max}
     * @param value as it would be written there
     * @return this
     */
    public BrokerExtension set(String key, Object value) {
        settings.put(key, value.toString());
        return this;
    }

    /**
     * Changes the configuration, from the next start on, after {@link #set}.
     *
     * @param step gets the configuration so far
     * @return this
     */
    public BrokerExtension configure(UnaryOperator<SkepConfig> step) {
        UnaryOperator<SkepConfig> before = change;
        change = config -> step.apply(before.apply(config));
        return this;
    }

    /**
     * Installs hooks, as an extension would in its start: at once if the broker runs, and again after each restart.
     * Each call counts as an extension of its own, {@code test-1} and so on.
     *
     * @param registration registers them
     * @return this
     */
    public BrokerExtension hooks(Consumer<? super Hooks> registration) {
        return add(new Registration(null, context -> registration.accept(context.hooks())));
    }

    /**
     * Runs an extension in the broker, with a context that has everything: hooks, services, threads, and the
     * configuration of {@link #config}. It is started, on the thread of the test, after each start of the broker, like
     * a JAR that is dropped in later: it misses the events of that start, and a storage that it provides is not opened.
     *
     * @param id its id
     * @param extension is started and stopped
     * @return this
     * @throws IllegalStateException if the broker runs and the extension does not start
     */
    public BrokerExtension extension(String id, Extension extension) {
        return add(new Registration(id, extension));
    }

    /**
     * Lets the extensions that start after this live in a time that the test advances.
     *
     * @param manual their clock, and when their scheduled tasks run
     * @return this
     */
    public BrokerExtension time(ManualTime manual) {
        time = manual;
        return this;
    }

    /**
     * Gives an extension its configuration: what is in {@code conf/extensions/<id>.yaml}. One that runs, and has asked
     * for changes, has been told of it when this returns.
     *
     * @param id of the extension
     * @param yaml the content of the file
     * @return this
     * @throws IllegalArgumentException if the extension that runs does not take it
     */
    public BrokerExtension config(String id, String yaml) {
        configs.put(id, yaml);
        if (broker != null) {
            writeConfigs(broker);
            installed.stream().filter(each -> each.id().equals(id)).forEach(Installed::configChanged);
        }
        return this;
    }

    /**
     * Gives an extension a configuration that the project has as a file, such as the one that its users begin with.
     *
     * @param id of the extension
     * @param file a YAML file; relative to the working folder, which is that of the project
     * @return this
     */
    public BrokerExtension config(String id, Path file) {
        try {
            return config(id, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeConfigs(Broker running) {
        try {
            configs.write(
                    home().resolve(running.get(SkepConfig.class).extensions().configFolder()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BrokerExtension add(Registration registration) {
        if (broker != null) {
            install(broker, registration);
        }
        registrations.add(registration);
        return this;
    }

    private void install(Broker running, Registration registration) {
        String id = registration.id() == null ? "test-" + (installed.size() + 1) : registration.id();
        installed.add(Installed.start(id, registration.extension(), running, home(), time));
    }

    /**
     * An extension to be started with each broker.
     *
     * @param id null if nobody needs to know it
     */
    private record Registration(@Nullable String id, Extension extension) {}

    /** {@return the port of the first listener} */
    public int port() {
        return address().getPort();
    }

    /** {@return the address of the first listener} */
    public InetSocketAddress address() {
        return address(0);
    }

    /**
     * {@return the address of a listener; it stays the same over a restart}
     *
     * @param listener its place in the configuration
     */
    public InetSocketAddress address(int listener) {
        return broker().addresses().get(listener);
    }

    /** {@return the counters of the broker, which begin at zero with each start} */
    public Metrics metrics() {
        return broker().get(Metrics.class);
    }

    /** {@return the broker, for what else it knows} */
    public Broker broker() {
        if (broker == null) {
            throw new IllegalStateException("broker: stopped (expected: started, by JUnit or by start)");
        }
        return broker;
    }

    /** {@return the folder that relative paths of the configuration begin in: {@code data}, {@code extensions}} */
    public Path home() {
        if (home == null) {
            throw new IllegalStateException("home: none (expected: one, while a test runs)");
        }
        return home;
    }

    /** Stops the broker in order and starts it again, on the same data and the same ports. */
    public void restart() {
        stop();
        start();
    }

    /** Stops the broker in order; its data stays. */
    public void stop() {
        if (broker != null) {
            broker.stop();
            broker = null;
            installed.forEach(Installed::stop);
            installed.clear();
        }
    }

    /** Starts the broker, if it is stopped. */
    public void start() {
        if (broker != null) {
            return;
        }
        try {
            if (home == null) {
                home = Files.createTempDirectory("skep-");
            }
            SkepConfig config = change.apply(new ConfigLoader(home).load(null, Map.of(), settings));
            Broker fresh = Broker.start(ports.of(config), home);
            broker = fresh;
            ports.remember(fresh.addresses());
            writeConfigs(fresh);
            registrations.forEach(registration -> install(fresh, registration));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        servesClass = true;
        start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        registrationsOfClass = registrations.size();
        configs.remember();
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (!servesClass) {
            end();
            return;
        }
        while (registrations.size() > registrationsOfClass) {
            registrations.remove(registrations.size() - 1);
            if (broker != null) {
                Installed last = installed.remove(installed.size() - 1);
                last.retire(broker);
                last.stop();
            }
        }
        configs.changes().forEach(this::config);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        end();
    }

    private void end() throws IOException {
        stop();
        Path folder = home;
        home = null;
        ports.forget();
        if (folder != null) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
