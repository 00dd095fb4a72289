// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import io.skep.broker.config.ConfigBinder;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.Hooks;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * What an extension under test gets without a broker: a configuration in real files, real threads, a logger whose
 * warnings are kept, and itself as the hooks. As with {@link NoHooks}, override what the extension registers; services
 * of the broker there are none. Closed by the test, which ends the threads.
 */
public abstract class BareContext extends NoHooks implements ExtensionContext, AutoCloseable {

    private static final int THREADS = 4;

    private final String id;
    private final Path folder;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(THREADS);

    /**
     * Begins.
     *
     * @param id of the extension; its configuration is {@code <id>.yaml}
     * @param folder where the configuration is
     */
    protected BareContext(String id, Path folder) {
        this.id = id;
        this.folder = folder;
    }

    /** {@return the warnings so far, as they would be in the log; it grows} */
    public List<String> warnings() {
        return Collections.unmodifiableList(warnings);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Hooks hooks() {
        return this;
    }

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of(id + ".yaml"));
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        return ConfigBinder.bind(folder.resolve(file), type);
    }

    @Override
    public Path configFolder() {
        return folder;
    }

    @Override
    public Logger logger() {
        return new Warnings();
    }

    @Override
    public ScheduledExecutorService executor() {
        return executor;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private final class Warnings extends LegacyAbstractLogger {

        private static final long serialVersionUID = 1;

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable cause) {
            if (level == Level.WARN) {
                warnings.add(MessageFormatter.basicArrayFormat(message, arguments));
            }
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
