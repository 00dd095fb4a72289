// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.broker.config.ConfigBinder;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.Hooks;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.testkit.NoHooks;
import java.nio.file.Path;
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

/** What the broker would give the extension, with real files and threads. */
final class TestContext extends NoHooks implements ExtensionContext {

    final List<String> warnings = new CopyOnWriteArrayList<>();
    final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    final List<Authenticator> authenticators = new CopyOnWriteArrayList<>();
    private final Path folder;

    TestContext(Path folder) {
        this.folder = folder;
    }

    @Override
    public String id() {
        return "auth-jwt";
    }

    @Override
    public Hooks hooks() {
        return this;
    }

    @Override
    public <T extends Record> T config(Class<T> type) {
        return config(type, Path.of("auth-jwt.yaml"));
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
    public void authenticator(Authenticator authenticator, HookOptions options) {
        authenticators.add(authenticator);
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
