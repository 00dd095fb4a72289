// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The classes of an extension and of its libraries in a class loader of their own, as in a broker. */
public final class OwnClasses extends URLClassLoader {

    private static final int GENERATIONS = 3;
    private static final Duration DEADLINE = Duration.ofSeconds(90); // a driver may keep a thread for half a minute

    private OwnClasses(URL[] classPath) {
        super(classPath, new Shared());
    }

    /** What is to be done with an extension of other classes each time. */
    @FunctionalInterface
    public interface Life {

        /**
         * Starts it, uses it, and stops it.
         *
         * @param classes where its class is; also the context class loader of this thread meanwhile
         */
        void live(ClassLoader classes) throws Exception;
    }

    /**
     * Lets an extension live a few times.
     *
     * @return how many generations of its classes are in memory after all of them have ended
     */
    public static long leftAfter(Life life) throws Exception {
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(0, TimeUnit.SECONDS))
                .join(); // starts the JDK's timer with other classes than those of the extension, as the broker does
        List<WeakReference<ClassLoader>> generations = new ArrayList<>();
        for (int i = 0; i < GENERATIONS; i++) {
            generations.add(once(life));
        }
        long begin = System.nanoTime();
        while (count(generations) > 0 && System.nanoTime() - begin < DEADLINE.toNanos()) {
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        return count(generations);
    }

    private static long count(List<WeakReference<ClassLoader>> generations) {
        return generations.stream().filter(each -> each.get() != null).count();
    }

    private static WeakReference<ClassLoader> once(Life life) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (OwnClasses classes = new OwnClasses(classPath())) {
            thread.setContextClassLoader(classes);
            life.live(classes);
            return new WeakReference<>(classes);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL[] classPath() throws IOException {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < entries.length; i++) {
            urls[i] = Path.of(entries[i]).toUri().toURL();
        }
        return urls;
    }

    /** What extensions see of the broker. */
    private static final class Shared extends ClassLoader {

        Shared() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("io.skep.sdk.") || name.startsWith("org.slf4j.") || name.startsWith("org.jspecify.")) {
                return OwnClasses.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
