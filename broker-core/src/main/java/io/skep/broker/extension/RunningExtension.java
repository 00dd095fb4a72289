// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.service.ExtensionServices;
import io.skep.sdk.Extension;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of an extension that was started, with its classes, threads and hooks. It is never started again: what
 * replaces it is another one of these.
 */
final class RunningExtension {

    private static final Logger log = LoggerFactory.getLogger(RunningExtension.class);
    private static final int STOP_SECONDS_MAX = 3;
    private static final int THREADS_END_SECONDS_MAX = 1;

    private final Found found;
    private final long number;
    private final Map<String, RunningExtension> dependencies;
    private final ExtensionClassLoader classes;
    private final ScheduledExecutorService executor;
    private final ExtensionHooks hooks;
    private final ExtensionServices services;
    private final ConfigFiles configFiles;
    private final Environment environment;
    private volatile @Nullable Extension extension;

    /**
     * One that is not started yet.
     *
     * @param found has a working copy
     * @param number no other has it
     * @param dependencies whose classes it sees, by their ids
     */
    RunningExtension(Found found, long number, Map<String, RunningExtension> dependencies, Environment environment) {
        this.found = found;
        this.number = number;
        this.dependencies = Map.copyOf(dependencies);
        this.environment = environment;
        this.classes = classes(found, dependencies.values());
        this.executor = new ScheduledThreadPoolExecutor(environment.config().threadsMax(), threads(id(), classes));
        this.hooks = new ExtensionHooks(id(), environment.config(), executor, environment.metrics());
        Logger logger = LoggerFactory.getLogger("extension." + id());
        Path main = environment.configFolder().resolve(id() + ".yaml");
        this.configFiles = new ConfigFiles(main, environment.configReader(), executor, logger);
        this.services = environment.services().of(id(), environment.config(), classes);
    }

    private static ExtensionClassLoader classes(Found found, Collection<RunningExtension> dependencies) {
        ExtensionClassLoader loader = new ExtensionClassLoader(
                Objects.requireNonNull(found.descriptor(), "descriptor"),
                dependencies.stream().map(dependency -> dependency.classes).toList());
        try {
            Staging.jars(Objects.requireNonNull(found.copy(), "copy")).forEach(jar -> loader.addFile(jar.toFile()));
        } catch (IOException e) {
            throw new BrokenExtensionException("its working copy cannot be read: " + e, e);
        }
        return loader;
    }

    Found found() {
        return found;
    }

    String id() {
        return found.id();
    }

    long number() {
        return number;
    }

    Map<String, RunningExtension> dependencies() {
        return dependencies;
    }

    /** {@return its hooks; they are in no chain unless somebody puts them there} */
    ExtensionHooks hooks() {
        return hooks;
    }

    /** Tells the extension if its configuration has changed. Now and then, by one thread. */
    void lookAtConfig() {
        configFiles.look();
    }

    /** Starts it; if that fails, nothing of it stays. */
    void start() {
        try {
            await(this::startOnOwnThread, environment.config().startTimeout());
        } catch (BrokenExtensionException e) {
            end();
            throw e;
        }
    }

    /** Stops what was started. Its hooks are in no chain, and none of them is being called. */
    void stop() {
        Extension started = extension;
        hooks.retire();
        if (started != null) {
            try {
                await(
                        () -> {
                            started.stop();
                            return null;
                        },
                        Duration.ofSeconds(STOP_SECONDS_MAX));
            } catch (BrokenExtensionException e) {
                log.warn("extension {}: stop: {}", id(), e.getMessage(), e.getCause());
            }
        }
        end();
    }

    private @Nullable Void startOnOwnThread() throws Exception {
        Extension created = create();
        created.start(new Context(
                id(),
                hooks,
                environment.configFolder(),
                configFiles,
                LoggerFactory.getLogger("extension." + id()),
                executor,
                services));
        hooks.close();
        extension = created;
        return null;
    }

    private Extension create() {
        String name = Objects.requireNonNull(found.descriptor(), "descriptor").getPluginClass();
        Class<?> type;
        try {
            type = classes.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw broken(name, "a class in the JAR");
        }
        if (!Extension.class.isAssignableFrom(type)) {
            throw broken(name, "a class that implements io.skep.sdk.Extension");
        }
        try {
            return (Extension) type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw failureOf(e.getCause() == null ? e : e.getCause());
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw broken(name, "a public class with a public constructor without parameters");
        }
    }

    private static BrokenExtensionException broken(String className, String expected) {
        return new BrokenExtensionException("Plugin-Class: " + className + " (expected: " + expected + ")");
    }

    /** Runs a step of the extension's life on one of its threads and waits for it. */
    private void await(Callable<?> step, Duration timeout) {
        Future<?> result = executor.submit(step);
        try {
            result.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failureOf(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            result.cancel(true);
            throw new BrokenExtensionException("did not return within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new BrokenExtensionException("interrupted");
        }
    }

    private static BrokenExtensionException failureOf(Throwable cause) {
        if (cause instanceof BrokenExtensionException broken) {
            return broken;
        }
        if (cause instanceof IllegalArgumentException) {
            return new BrokenExtensionException(String.valueOf(cause.getMessage())); // of who wrote its config
        }
        return new BrokenExtensionException("failed with " + cause, cause);
    }

    private void end() {
        services.close();
        executor.shutdownNow();
        try {
            boolean ended = executor.awaitTermination(THREADS_END_SECONDS_MAX, TimeUnit.SECONDS);
            List<String> left = ended ? threadsOfItsOwn() : List.of(threadNames(id()) + "*");
            if (!left.isEmpty()) {
                log.warn(
                        "extension {}: threads run on without it: {} (expected: they end with stop, or when interrupted)",
                        id(),
                        left);
            }
            classes.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("extension {}: its JARs cannot be closed", id(), e);
        }
    }

    /** {@return the names of threads that the extension has started by itself and not ended} */
    private List<String> threadsOfItsOwn() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getContextClassLoader() == classes && thread.isAlive())
                .map(Thread::getName)
                .filter(name -> !name.startsWith(threadNames(id()))) // they are about to end
                .sorted()
                .toList();
    }

    private static String threadNames(String id) {
        return "skep-ext-" + id + "-";
    }

    private static ThreadFactory threads(String id, ClassLoader loader) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, threadNames(id) + count.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            return thread;
        };
    }
}
