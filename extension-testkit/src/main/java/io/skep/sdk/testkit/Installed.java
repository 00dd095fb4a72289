// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.Broker;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.service.ExtensionServices;
import io.skep.broker.service.Services;
import io.skep.sdk.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** An extension that was started in the broker of a test, without a JAR. */
record Installed(
        String id,
        Extension extension,
        ExtensionHooks hooks,
        ScheduledExecutorService executor,
        ExtensionServices services,
        List<Runnable> configListeners) {

    static Installed start(String id, Extension extension, Broker broker, Path home, @Nullable ManualTime time) {
        ExtensionsConfig config = broker.get(SkepConfig.class).extensions();
        ScheduledExecutorService threads = new ScheduledThreadPoolExecutor(config.threadsMax(), task -> {
            Thread thread = new Thread(task, "skep-ext-" + id);
            thread.setDaemon(true);
            return thread;
        });
        ScheduledExecutorService executor = time == null ? threads : time.executor(threads);
        ExtensionHooks hooks = new ExtensionHooks(id, config, executor, broker.get(Metrics.class));
        ExtensionServices services =
                broker.get(Services.class).of(id, config, extension.getClass().getClassLoader());
        List<Runnable> configListeners = new ArrayList<>();
        try {
            extension.start(new TestContext(
                    id,
                    hooks,
                    home.resolve(config.configFolder()),
                    LoggerFactory.getLogger("extension." + id),
                    executor,
                    services,
                    configListeners,
                    time));
        } catch (Exception e) {
            throw new IllegalStateException("extension " + id + ": does not start", e);
        }
        broker.get(HookChains.class).add(hooks);
        return new Installed(id, extension, hooks, executor, services, configListeners);
    }

    /** Tells it that its configuration has changed; in the broker a thread of the extension does. */
    void configChanged() {
        configListeners.forEach(Runnable::run);
    }

    /** Takes its hooks out of a broker that goes on. */
    void retire(Broker broker) {
        broker.get(HookChains.class).remove(hooks);
    }

    void stop() {
        try {
            extension.stop();
        } catch (Exception e) {
            throw new IllegalStateException("an extension does not stop", e);
        } finally {
            services.close();
            executor.shutdownNow();
        }
    }
}
