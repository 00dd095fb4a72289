// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.service.Services;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what lies in the extensions folder, and goes on looking there: what comes, changes or goes while the broker runs
 * takes effect within two seconds. What cannot run is logged in one line that says why, and does not keep the others
 * from running.
 *
 * <p>Extensions start before there are sessions, because one of them may provide the storage that sessions are read
 * from; their hooks take effect when the sessions are there, and from then on the thread {@code skep-extensions} looks
 * after them. They stop after the storage was closed. Started and stopped by one thread; the rest is thread-safe.
 */
public final class ExtensionHost {

    private static final Logger log = LoggerFactory.getLogger(ExtensionHost.class);
    private static final long LOOK_MILLIS = 500;
    private static final Duration WATCH_END_MAX = Duration.ofSeconds(5);

    private final ExtensionsConfig config;
    private final Path path;
    private final ExtensionFolder folder;
    private final FoundFiles files;
    private final Deployment deployment;
    private final ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(1, ExtensionHost::thread);
    private volatile List<LoadedExtension> loaded = List.of();
    private String trouble = "";

    /**
     * Looks at nothing yet.
     *
     * @param home what the folders of the configuration are relative to
     * @param configReader reads {@code <id>.yaml} of the configuration folder
     */
    public ExtensionHost(
            ExtensionsConfig config,
            Path home,
            HookChains chains,
            Metrics metrics,
            ConfigReader configReader,
            Services services) {
        this.config = config;
        this.path = home.resolve(config.folder());
        this.folder = new ExtensionFolder(path);
        try {
            files = new FoundFiles();
        } catch (IOException e) {
            throw new UncheckedIOException("java.io.tmpdir: (expected: a folder for copies of extensions)", e);
        }
        deployment = new Deployment(
                new Environment(config, home.resolve(config.configFolder()), chains, metrics, configReader, services),
                files);
    }

    /** Starts all extensions that can run. Their hooks do nothing yet. */
    public void start() {
        startTimerOfFutures();
        try {
            folder.lookAtStart();
        } catch (IOException e) {
            throw new UncheckedIOException("extensions.folder: " + path + " (expected: readable)", e);
        }
        deploy();
    }

    /** It is one thread for all time-outs in the JVM, and keeps the class loader of who needs it first for ever. */
    private static void startTimerOfFutures() {
        CompletableFuture.delayedExecutor(0, TimeUnit.MILLISECONDS).execute(() -> {});
    }

    /** An engine is in use: the extension that provides it stays as it is, whatever becomes of its file. */
    public void keepUntilTheEnd(StorageEngine engine) {
        deployment.running().stream()
                .filter(each -> each.hooks().storageProviders().contains(engine.provider()))
                .toList()
                .forEach(deployment::keepUntilTheEnd);
    }

    /**
     * Lets the hooks of all extensions take effect, and begins to look after the folder.
     *
     * @param loops whoever calls hooks does it on one of these
     */
    public void activate(List<? extends Executor> loops) {
        deployment.activate(loops);
        watch.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        watch.scheduleWithFixedDelay(this::tick, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Changes nothing any more: the broker stops. */
    public void endWatch() {
        watch.shutdownNow();
        try {
            if (!watch.awaitTermination(WATCH_END_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("extensions: a change is still under way (expected: an end within {})", WATCH_END_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops all extensions and forgets them. No hook may be running, and no storage of an extension be open. */
    public void stop() {
        endWatch();
        deployment.stop();
        loaded = List.of();
    }

    /** {@return the storage engines that extensions offer} */
    public List<StorageEngine> storageEngines() {
        return deployment.running().stream()
                .flatMap(each -> each.hooks().storageProviders().stream()
                        .map(provider -> new StorageEngine("extension " + each.id(), provider)))
                .toList();
    }

    /** {@return what became of each file of the folder: what runs, in the order of the starts, then the others} */
    public List<LoadedExtension> loaded() {
        return loaded;
    }

    /** {@return the extensions folder} */
    public Path folder() {
        return path;
    }

    /**
     * Looks at the folder at once.
     *
     * @return false if the change takes longer than the caller wants to wait; it goes on
     */
    public boolean look(Duration timeout) throws InterruptedException {
        return await(watch.submit(this::tick), timeout);
    }

    /**
     * Starts an extension anew beside the one that runs, as if its file had changed; also one that could not run.
     *
     * @param id null for all
     * @return false if it takes longer than the caller wants to wait; it goes on
     */
    public boolean reload(@Nullable String id, Duration timeout) throws InterruptedException {
        return await(
                watch.submit(() -> {
                    folder.look();
                    files.readAgain(id);
                    deploy();
                    return true;
                }),
                timeout);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "skep-extensions");
        thread.setDaemon(true);
        return thread;
    }

    private static boolean await(Future<?> change, Duration timeout) throws InterruptedException {
        try {
            change.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void tick() {
        try {
            if (folder.look()) {
                deploy();
            }
            deployment.tidy();
            deployment.running().forEach(RunningExtension::lookAtConfig);
            trouble = "";
        } catch (IOException | RuntimeException e) {
            if (!e.toString().equals(trouble)) {
                trouble = e.toString(); // as long as it stays the same it is said once
                log.error("extensions.folder: {} (expected: readable); extensions stay as they are", path, e);
            }
        }
    }

    private void deploy() {
        files.read(folder.files());
        Set<String> disabled = new HashSet<>(config.disabled());
        disabled.addAll(folder.disabled());
        deployment.deploy(disabled);
        loaded = deployment.loaded();
    }
}
