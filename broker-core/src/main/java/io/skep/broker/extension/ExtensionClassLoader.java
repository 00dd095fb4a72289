// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.sdk.Extension;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * The classes of one extension. It sees the JDK and what {@link Shared} shows of the broker, then its own JARs, then
 * the extensions that it declares to depend on. What the broker shows comes first, so that an SDK that was packed into
 * the JAR by mistake does no harm.
 */
final class ExtensionClassLoader extends PluginClassLoader {

    static {
        registerAsParallelCapable();
    }

    ExtensionClassLoader(PluginManager plugins, PluginDescriptor descriptor) {
        super(plugins, descriptor, Shared.INSTANCE, ClassLoadingStrategy.APD);
    }

    @Override
    protected boolean shouldDelegateToParent(String className) {
        return false; // PF4J is as good as any library of the extension
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
