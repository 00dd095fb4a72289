// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.config.ConfigBinder;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.Hooks;
import io.skep.sdk.event.Event;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * What an extension needs to start without a broker, for tests that call its hooks themselves: configuration from real
 * files, real threads, a {@link ManualTime}, and a logger that keeps warnings. It has no services; a test whose
 * extension uses one extends this and gives it that.
 *
 * <pre>{@code
 * try (BareContext context = new BareContext("gate", folder)) {
 *     new Gate().start(context);
 *     Decision decision = context.hook(Authenticator.class).authenticate(login);
 *     context.time().advance(Duration.ofMinutes(5));
 * }
 * }</pre>
 */
public class BareContext implements ExtensionContext, AutoCloseable {

    private static final int THREADS = 4;

    private final String id;
    private final Path configFolder;
    private final ManualTime time = new ManualTime();
    private final RecordedHooks hooks = new RecordedHooks();
    private final Warnings warnings = new Warnings();
    private final List<Runnable> configListeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService executor;

    /**
     * The context of one extension.
     *
     * @param id of the extension
     * @param configFolder where {@code <id>.yaml} is, if there is one
     */
    public BareContext(String id, Path configFolder) {
        this.id = id;
        this.configFolder = configFolder;
        this.executor = time.executor(Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "skep-ext-" + id);
            thread.setDaemon(true);
            return thread;
        }));
    }

    /** {@return the time of the extension} */
    public ManualTime time() {
        return time;
    }

    /** {@return the texts of the warnings and errors that the extension has logged} */
    public List<String> warnings() {
        return warnings.lines();
    }

    /**
     * {@return the hook of a kind}
     *
     * @param kind for instance {@code Authenticator.class}
     * @param <H> the kind
     * @throws AssertionError if the extension has registered none, or several
     */
    public <H> H hook(Class<H> kind) {
        List<H> found = hooks(kind);
        if (found.size() != 1) {
            throw new AssertionError(kind.getSimpleName() + ": " + found.size() + " (expected: 1)");
        }
        return found.get(0);
    }

    /**
     * {@return all hooks of a kind, in the order of their registration}
     *
     * @param kind for instance {@code Authenticator.class}
     * @param <H> the kind
     */
    public <H> List<H> hooks(Class<H> kind) {
        return hooks.all.stream()
                .filter(each -> each.kind() == kind)
                .map(each -> kind.cast(each.hook()))
                .toList();
    }

    /**
     * {@return how a hook wants to be called}
     *
     * @param hook one of those that the extension has registered
     */
    public HookOptions options(Object hook) {
        return hooks.all.stream()
                .filter(each -> each.hook() == hook)
                .findFirst()
                .orElseThrow(() -> new AssertionError("hook: not registered (expected: one of this extension)"))
                .options();
    }

    /**
     * Tells the listeners of an event, on this thread.
     *
     * @param event for those who listen to its kind
     */
    public void tell(Event event) {
        hooks.tell(event);
    }

    /**
     * Calls the listeners of {@link #onConfigChange} on this thread, after the test has changed the file.
     *
     * @throws IllegalArgumentException if the file does not bind, or a listener refuses it
     */
    public void configChanged() {
        configListeners.forEach(Runnable::run);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Hooks hooks() {
        return hooks;
    }

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of(id + ".yaml"));
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        return ConfigBinder.bind(configFolder.resolve(file), type);
    }

    @Override
    public <T extends Record> void onConfigChange(Class<T> type, Consumer<? super T> listener) {
        configListeners.add(() -> listener.accept(config(type)));
    }

    @Override
    public Path configFolder() {
        return configFolder;
    }

    @Override
    public Logger logger() {
        return warnings;
    }

    @Override
    public ScheduledExecutorService executor() {
        return executor;
    }

    @Override
    public Clock clock() {
        return time.clock();
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }
}
