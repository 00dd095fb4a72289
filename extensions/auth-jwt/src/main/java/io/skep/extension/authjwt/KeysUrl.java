// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.extension.http.BoundedBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Keys behind a URL. They are asked for when they are old, and when a token names one that is not among them, but only
 * once in a while, so that made-up names do not become a flood of requests. An answer replaces the keys as a whole;
 * while there is none, those of the last one hold on. Thread-safe; waits for nothing.
 */
final class KeysUrl {

    private static final int BYTES_MAX = 1 << 20;
    private static final String NOT_ASKED = "not asked yet";

    private final KeysConfig config;
    private final URI uri;
    private final HttpClient client;
    private final LongSupplier nanoClock;
    private final Logger log;
    private volatile KeySet keys = KeySet.EMPTY;
    private volatile @Nullable String failure = NOT_ASKED;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CompletableFuture<Void> underway; // guarded by the lock
    private long endedNanos; // guarded by the lock

    KeysUrl(KeysConfig config, String url, Executor executor, LongSupplier nanoClock, Logger log) {
        this.config = config;
        this.uri = URI.create(url);
        this.client = HttpClient.newBuilder()
                .executor(executor)
                .connectTimeout(config.timeout())
                .followRedirects(HttpClient.Redirect.NORMAL) // never from https to http
                .build();
        this.nanoClock = nanoClock;
        this.log = log;
        this.endedNanos = nanoClock.getAsLong() - config.refetchMin().toNanos();
    }

    KeySet now() {
        return keys;
    }

    /** {@return why the last attempt brought no keys; null if it did} */
    @Nullable String failure() {
        return failure;
    }

    /** Asks if the keys are old, or if there was no answer the last time. */
    void poll() {
        long age = failure == null
                ? config.refresh().toNanos()
                : config.refetchMin().toNanos();
        fetchIfOlder(age);
    }

    /** {@return completes when the keys are as new as they may be, at once if it is too early to ask} */
    CompletableFuture<Void> refetch() {
        return fetchIfOlder(config.refetchMin().toNanos());
    }

    private CompletableFuture<Void> fetchIfOlder(long ageNanos) {
        CompletableFuture<Void> fetch = new CompletableFuture<>();
        lock.lock();
        try {
            if (underway != null) {
                return underway;
            }
            if (nanoClock.getAsLong() - endedNanos < ageNanos) {
                return CompletableFuture.completedFuture(null);
            }
            underway = fetch;
        } finally {
            lock.unlock();
        }
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(
                HttpRequest.newBuilder(uri).header("Accept", "application/json").build(),
                BoundedBody.handler(
                        BYTES_MAX, "answer: above " + BYTES_MAX + " bytes (expected: at most " + BYTES_MAX + ")"));
        answer.copy()
                .orTimeout(config.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((response, cause) -> {
                    if (cause != null) {
                        answer.cancel(true); // gives its connection back
                    }
                    end(fetch, response, cause);
                });
        return fetch;
    }

    private void end(
            CompletableFuture<Void> fetch, @Nullable HttpResponse<byte[]> response, @Nullable Throwable cause) {
        try {
            KeySet fresh = read(response, cause);
            if (failure != null) {
                log.info("{} keys from {}", fresh.keys().size(), uri);
                fresh.unused().forEach(reason -> log.warn("{}: not used: {}", uri, reason));
            }
            keys = fresh;
            failure = null;
        } catch (IOException | RuntimeException e) {
            if (failure == null || failure.equals(NOT_ASKED)) {
                log.warn(
                        "{}: {}; the keys stay as they were, {} of them",
                        uri,
                        e.getMessage(),
                        keys.keys().size());
            }
            failure = String.valueOf(e.getMessage());
        }
        lock.lock();
        try {
            endedNanos = nanoClock.getAsLong();
            underway = null;
        } finally {
            lock.unlock();
        }
        fetch.complete(null);
    }

    private static KeySet read(@Nullable HttpResponse<byte[]> response, @Nullable Throwable cause) throws IOException {
        if (response == null) {
            Throwable reason =
                    cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
            throw new IOException("no answer (expected: a JSON Web Key Set): " + reason);
        }
        if (response.statusCode() != 200) {
            throw new IOException("status: " + response.statusCode() + " (expected: 200)");
        }
        return KeySet.parse(new String(response.body(), StandardCharsets.UTF_8), false);
    }
}
