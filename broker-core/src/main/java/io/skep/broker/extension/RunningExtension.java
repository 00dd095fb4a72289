// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.service.ExtensionServices;
import io.skep.sdk.Extension;
import io.skep.sdk.storage.StorageProvider;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
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
import org.pf4j.Plugin;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One extension with its threads and hooks. It never fails towards PF4J, which would log that at length: the host asks
 * for {@link #failure} and says it in a line.
 */
final class RunningExtension extends Plugin {

    private static final Logger log = LoggerFactory.getLogger(RunningExtension.class);
    private static final int START_SECONDS_MAX = 30;
    private static final int STOP_SECONDS_MAX = 3;
    private static final int THREADS_END_SECONDS_MAX = 1;

    private final PluginWrapper plugin;
    private final Environment environment;
    private final ScheduledExecutorService executor;
    private final ExtensionHooks hooks;
    private final ExtensionServices services;
    private volatile @Nullable Extension extension;
    private @Nullable BrokenExtensionException failure;

    RunningExtension(PluginWrapper plugin, Environment environment) {
        this.plugin = plugin;
        this.environment = environment;
        this.executor = new ScheduledThreadPoolExecutor(
                environment.config().threadsMax(), threads(plugin.getPluginId(), plugin.getPluginClassLoader()));
        this.hooks = new ExtensionHooks(plugin.getPluginId(), environment.config(), executor, environment.metrics());
        this.services =
                environment.services().of(plugin.getPluginId(), environment.config(), plugin.getPluginClassLoader());
    }

    @Nullable BrokenExtensionException failure() {
        return failure;
    }

    @Override
    public void start() {
        try {
            await(this::startOnOwnThread, START_SECONDS_MAX);
        } catch (BrokenExtensionException e) {
            failure = e;
        }
    }

    /** Lets the hooks take effect. */
    void activate() {
        environment.chains().add(hooks);
    }

    List<StorageProvider> storageProviders() {
        return hooks.storageProviders();
    }

    @Override
    public void stop() {
        environment.chains().remove(hooks);
        Extension started = extension;
        if (started != null && failure == null) {
            try {
                await(
                        () -> {
                            started.stop();
                            return null;
                        },
                        STOP_SECONDS_MAX);
            } catch (BrokenExtensionException e) {
                log.warn("extension {}: stop: {}", plugin.getPluginId(), e.getMessage(), e.getCause());
            }
        }
        endThreads();
    }

    private @Nullable Void startOnOwnThread() throws Exception {
        Extension created = create();
        created.start(new Context(
                plugin.getPluginId(),
                hooks,
                environment.configFolder(),
                environment.configReader(),
                LoggerFactory.getLogger("extension." + plugin.getPluginId()),
                executor,
                services));
        hooks.close();
        extension = created;
        return null;
    }

    private Extension create() {
        String name = plugin.getDescriptor().getPluginClass();
        Class<?> type;
        try {
            type = plugin.getPluginClassLoader().loadClass(name);
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
    private void await(Callable<?> step, int secondsMax) {
        Future<?> result = executor.submit(step);
        try {
            result.get(secondsMax, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw failureOf(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            result.cancel(true);
            throw new BrokenExtensionException("did not return within " + secondsMax + " s");
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

    private void endThreads() {
        services.close();
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(THREADS_END_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn(
                        "extension {}: its threads ignore the interrupt and run on (expected: they end with stop)",
                        plugin.getPluginId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory threads(String id, ClassLoader loader) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "skep-ext-" + id + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            return thread;
        };
    }
}
