// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.HookOptions;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.testkit.BareContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the broker would give the extension; what files mean is put in by the test. */
final class FileContext extends BareContext {

    final Map<Path, Supplier<Record>> contents = new ConcurrentHashMap<>();
    final Map<Authenticator, HookOptions> authenticators = new HashMap<>();
    final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    final List<String> methods = new CopyOnWriteArrayList<>();

    FileContext(Path folder) {
        super("auth-file", folder);
    }

    @Override
    public <T extends Record> T config(Class<T> type, Path file) {
        Supplier<Record> content = contents.get(configFolder().resolve(file));
        return type.cast(content == null ? new AuthFileConfig(null, Map.of(), Map.of()) : content.get());
    }

    @Override
    public <T extends Record> void onConfigChange(Class<T> type, Consumer<? super T> listener) {
        listeners.add(() -> listener.accept(config(type)));
    }

    @Override
    public void authenticator(Authenticator authenticator, HookOptions options) {
        authenticators.put(authenticator, options);
    }

    @Override
    public void enhancedAuthenticator(EnhancedAuthenticator authenticator, HookOptions options) {
        methods.add(authenticator.method());
    }
}
