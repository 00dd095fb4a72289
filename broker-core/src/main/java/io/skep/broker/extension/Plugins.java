// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.IndexedExtensionFinder;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.VersionManager;

/**
 * PF4J, reduced to what extensions need: descriptors, class loaders and states. Nothing is scanned for annotations, and
 * the host decides what is loaded when.
 */
final class Plugins extends AbstractPluginManager {

    private final Environment environment;

    Plugins(Environment environment) {
        super(environment.config().folder());
        this.environment = environment;
    }

    /** Loads and starts a staged copy; what its dependencies are must run. If it fails, nothing of it stays. */
    void start(Path copy) {
        String id = loadPlugin(copy);
        startPlugin(id);
        BrokenExtensionException failure = running(getPlugin(id)).failure();
        if (failure != null) {
            unloadPlugin(id);
            throw failure;
        }
    }

    /** Lets the hooks of all that run take effect. */
    void activate() {
        getResolvedPlugins().forEach(plugin -> running(plugin).activate());
    }

    /** {@return the storage engines of all that run, with whose they are} */
    List<StorageEngine> storageEngines() {
        return getResolvedPlugins().stream()
                .flatMap(plugin -> running(plugin).storageProviders().stream()
                        .map(provider -> new StorageEngine("extension " + plugin.getPluginId(), provider)))
                .toList();
    }

    /** Stops and unloads all, dependents first. */
    void stop() {
        for (PluginWrapper plugin : List.copyOf(getResolvedPlugins())) {
            unloadPlugin(plugin.getPluginId());
        }
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return plugin -> new RunningExtension(plugin, environment);
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new StagedLoader();
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new ManifestFinder();
    }

    @Override
    protected VersionManager createVersionManager() {
        return new DefaultVersionManager();
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new NoRepository();
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new AllEnabled();
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }

    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new IndexedExtensionFinder(this);
    }

    private static RunningExtension running(PluginWrapper plugin) {
        return (RunningExtension) plugin.getPlugin();
    }

    private final class StagedLoader implements PluginLoader {

        @Override
        public boolean isApplicable(Path copy) {
            return true;
        }

        @Override
        public ClassLoader loadPlugin(Path copy, PluginDescriptor descriptor) {
            ExtensionClassLoader loader = new ExtensionClassLoader(Plugins.this, descriptor);
            try {
                Staging.jars(copy).forEach(jar -> loader.addFile(jar.toFile()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return loader;
        }
    }

    /** The host looks into the folder itself. */
    private static final class NoRepository implements PluginRepository {

        @Override
        public List<Path> getPluginPaths() {
            return List.of();
        }

        @Override
        public boolean deletePluginPath(@Nullable Path path) {
            return false;
        }
    }

    /** The host loads nothing that is disabled. */
    private static final class AllEnabled implements PluginStatusProvider {

        @Override
        public boolean isPluginDisabled(@Nullable String id) {
            return false;
        }

        @Override
        public void disablePlugin(@Nullable String id) {}

        @Override
        public void enablePlugin(@Nullable String id) {}
    }
}
