// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.extension.LoadedExtension.State;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.service.Services;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what lies in the extensions folder. Each JAR, zip or folder there is copied, its manifest read, and started when
 * what it depends on runs. What cannot run is logged in one line that says why, and does not keep the others from
 * running.
 *
 * <p>Extensions start before there are sessions, because one of them may provide the storage that sessions are read
 * from; their hooks take effect when the sessions are there. They stop after the storage was closed.
 */
public final class ExtensionHost {

    private static final Logger log = LoggerFactory.getLogger(ExtensionHost.class);

    private final ExtensionsConfig config;
    private final Path folder;
    private final Plugins plugins;
    private final SdkVersion sdk = SdkVersion.current();
    private final ManifestFinder manifests = new ManifestFinder();
    private final List<LoadedExtension> loaded = new CopyOnWriteArrayList<>();
    private @Nullable Staging staging;

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
        this.folder = home.resolve(config.folder());
        this.plugins = new Plugins(
                new Environment(config, home.resolve(config.configFolder()), chains, metrics, configReader, services));
    }

    /** Starts all extensions that can run. Their hooks do nothing yet. */
    public void start() {
        Map<String, Staged> waiting = stage();
        while (!waiting.isEmpty()) {
            Staged next = firstReady(waiting);
            waiting.remove(next.id());
            start(next);
        }
    }

    /** Lets the hooks of all extensions take effect. */
    public void activate() {
        plugins.activate();
    }

    /** {@return the storage engines that extensions offer} */
    public List<StorageEngine> storageEngines() {
        return plugins.storageEngines();
    }

    /** Stops all extensions and forgets them. No hook may be running, and no storage of an extension be open. */
    public void stop() {
        plugins.stop();
        loaded.clear();
        if (staging != null) {
            staging.close();
        }
    }

    /** {@return what became of each file of the folder} */
    public List<LoadedExtension> loaded() {
        return List.copyOf(loaded);
    }

    private Map<String, Staged> stage() {
        Map<String, Staged> found = new LinkedHashMap<>();
        try {
            Staging copies = new Staging();
            staging = copies;
            for (Path source : Staging.candidates(folder)) {
                stage(source, copies, found);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("extensions.folder: " + folder + " (expected: readable)", e);
        }
        return found;
    }

    private void stage(Path source, Staging copies, Map<String, Staged> found) {
        String file = source.getFileName().toString();
        try {
            Path copy = copies.copy(source);
            Staged staged = new Staged(source, copy, manifests.find(copy));
            if (config.disabled().contains(staged.id())) {
                loaded.add(new LoadedExtension(file, staged.id(), staged.version(), State.DISABLED, ""));
                return;
            }
            sdk.check(staged.descriptor().getRequires().strip());
            Staged other = found.putIfAbsent(staged.id(), staged);
            if (other != null) {
                throw new BrokenExtensionException("Plugin-Id: " + staged.id() + " (expected: not that of "
                        + other.file() + "; remove one of the two files)");
            }
        } catch (IOException e) {
            reject(file, file, "", "cannot be read: " + e + " (expected: a whole file; copy it again)", null);
        } catch (BrokenExtensionException e) {
            reject(file, file, "", e.getMessage(), e.getCause());
        }
    }

    /** {@return one that waits for no other; of a circle, any} */
    private static Staged firstReady(Map<String, Staged> waiting) {
        return waiting.values().stream()
                .filter(staged -> staged.dependencies().stream()
                        .noneMatch(dependency -> waiting.containsKey(dependency.getPluginId())))
                .findFirst()
                .orElseGet(() -> waiting.values().iterator().next());
    }

    private void start(Staged staged) {
        try {
            staged.dependencies().forEach(this::check);
            plugins.start(staged.copy());
            loaded.add(new LoadedExtension(staged.file(), staged.id(), staged.version(), State.STARTED, ""));
            log.info("extension {} {} runs", staged.id(), staged.version());
        } catch (BrokenExtensionException e) {
            reject(staged.file(), staged.id(), staged.version(), e.getMessage(), e.getCause());
        }
    }

    private void check(PluginDependency dependency) {
        String id = dependency.getPluginId();
        LoadedExtension target = loaded.stream()
                .filter(extension -> extension.id().equals(id) && extension.state() == State.STARTED)
                .findFirst()
                .orElse(null);
        String range = dependency.getPluginVersionSupport();
        if (target == null) {
            if (!dependency.isOptional()) {
                throw new BrokenExtensionException("Plugin-Dependencies: " + id
                        + " (expected: an extension that runs, without depending on this one)");
            }
        } else if (!SdkVersion.satisfies(target.version(), "Plugin-Dependencies", range)) {
            throw new BrokenExtensionException("Plugin-Dependencies: " + id + "@" + range
                    + " (expected: fits its version " + target.version() + ")");
        }
    }

    private void reject(String file, String id, String version, String why, @Nullable Throwable cause) {
        loaded.add(new LoadedExtension(file, id, version, State.FAILED, why));
        log.warn("extension {} is left out: {}", file, why, cause);
    }
}
