// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.sdk.Extension;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;

/**
 * The classes of one extension. It sees the JDK and what {@link Shared} shows of the broker, then its own JARs, then
 * the extensions that it declares to depend on, as they were when it started. What the broker shows comes first, so
 * that an SDK that was packed into the JAR by mistake does no harm.
 *
 * <p>PF4J would look dependencies up by their ids, of which there are two while one version replaces another.
 */
final class ExtensionClassLoader extends PluginClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final List<ExtensionClassLoader> dependencies;

    ExtensionClassLoader(PluginDescriptor descriptor, List<ExtensionClassLoader> dependencies) {
        super(null, descriptor, Shared.INSTANCE, ClassLoadingStrategy.APD);
        this.dependencies = List.copyOf(dependencies);
    }

    @Override
    protected boolean shouldDelegateToParent(String className) {
        return false; // PF4J is as good as any library of the extension
    }

    @Override
    protected @Nullable Class<?> loadClassFromDependencies(String className) {
        for (ExtensionClassLoader dependency : dependencies) {
            Class<?> found = dependency.loadOrNull(className);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Class<?> loadOrNull(String className) {
        try {
            return loadClass(className);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    @Override
    protected @Nullable URL findResourceFromDependencies(String name) {
        for (ExtensionClassLoader dependency : dependencies) {
            URL found = dependency.findResource(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    protected Collection<URL> findResourcesFromDependencies(String name) throws IOException {
        List<URL> found = new ArrayList<>();
        for (ExtensionClassLoader dependency : dependencies) {
            found.addAll(Collections.list(dependency.findResources(name)));
        }
        return found;
    }

    /** The JDK, and of the broker the SDK and the logging API. */
    private static final class Shared extends ClassLoader {

        static {
            registerAsParallelCapable();
        }

        static final Shared INSTANCE = new Shared();

        private final ClassLoader broker = Extension.class.getClassLoader();

        private Shared() {
            super("skep-extension-api", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean shared = name.startsWith("io.skep.sdk.")
                    || name.startsWith("org.slf4j.")
                    || name.startsWith("org.jspecify.");
            return shared ? broker.loadClass(name) : super.loadClass(name, resolve);
        }
    }
}
