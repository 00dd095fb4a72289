// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.Hooks;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.testkit.NoHooks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** What the broker would give the extension; what files mean is put in by the test. */
final class FileContext extends NoHooks implements ExtensionContext {

    final List<String> warnings = new CopyOnWriteArrayList<>();
    final Map<Path, Supplier<Record>> contents = new ConcurrentHashMap<>();
    final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    final Map<Authenticator, HookOptions> authenticators = new HashMap<>();
    final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    final List<String> methods = new CopyOnWriteArrayList<>();
    private final Path folder;

    FileContext(Path folder) {
        this.folder = folder;
    }

    @Override
    public String id() {
        return "auth-file";
    }

    @Override
    public Hooks hooks() {
        return this;
    }

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of("auth-file.yaml"));
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        Supplier<Record> content = contents.get(folder.resolve(file));
        return type.cast(content == null ? new AuthFileConfig(null, Map.of(), Map.of()) : content.get());
    }

    @Override
    public <T extends Record> void onConfigChange(Class<T> type, Consumer<? super T> listener) {
        listeners.add(() -> listener.accept(config(type)));
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
    public void authenticator(Authenticator authenticator, HookOptions options) {
        authenticators.put(authenticator, options);
    }

    @Override
    public void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options) {
        methods.add(authenticator.method());
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
