// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.session.Oversight;
import io.skep.broker.session.Session;
import io.skep.broker.session.SessionAttribute;
import io.skep.sdk.service.SessionAttributes;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What one extension keeps with sessions. Written as the session writes, read from the storage. */
final class ExtensionAttributes implements SessionAttributes {

    private final String extension;
    private final Calls calls;

    ExtensionAttributes(String extension, Calls calls) {
        this.extension = extension;
        this.calls = calls;
    }

    @Override
    public CompletionStage<Boolean> put(String clientId, String name, byte[] value) {
        check("value", value.length, 0, VALUE_BYTES_MAX);
        return change(clientId, name, value.clone());
    }

    @Override
    public CompletionStage<Boolean> remove(String clientId, String name) {
        return change(clientId, name, null);
    }

    private CompletionStage<Boolean> change(String clientId, String name, byte @Nullable [] value) {
        check("name", name.getBytes(UTF_8).length, 1, NAME_BYTES_MAX);
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            return session == null
                    ? CompletableFuture.completedFuture(false)
                    : Oversight.changeAttribute(session, extension, name, value);
        });
    }

    private static void check(String what, int bytes, int least, int most) {
        if (bytes < least || bytes > most) {
            throw new IllegalArgumentException(
                    what + ": " + bytes + " bytes (expected: " + least + " to " + most + ")");
        }
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String clientId, String name) {
        return read(clientId, Optional.empty(), (storage, session) -> {
            byte[] key = new SessionAttribute(session, extension, name).key();
            return Optional.ofNullable(storage.get(Keyspace.EXTENSIONS, key));
        });
    }

    @Override
    public CompletionStage<Map<String, byte[]>> all(String clientId) {
        return read(clientId, Map.of(), (storage, session) -> {
            Map<String, byte[]> all = new LinkedHashMap<>();
            byte[] from = SessionAttribute.prefix(session, extension);
            byte[] end = from.clone();
            end[end.length - 1]++; // behind the zero byte
            storage.scan(Keyspace.EXTENSIONS, from, end, (key, value) -> {
                all.put(SessionAttribute.read(key).name(), value);
                return true;
            });
            return all;
        });
    }

    private <T> CompletionStage<T> read(String clientId, T none, BiFunction<Storage, Long, T> work) {
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            if (session == null) {
                return CompletableFuture.completedFuture(none);
            }
            return Oversight.number(session).thenCompose(number -> {
                CompletableFuture<T> result = new CompletableFuture<>();
                if (number == 0) {
                    result.complete(none);
                } else {
                    core.journal()
                            .read(
                                    Runnable::run,
                                    storage -> work.apply(storage, number),
                                    result::complete,
                                    result::completeExceptionally);
                }
                return result;
            });
        });
    }
}
