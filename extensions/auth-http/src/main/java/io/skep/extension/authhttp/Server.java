// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.http.BoundedBody;
import io.skep.extension.http.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server that is asked. Nothing is asked twice: a request that has failed may have been counted as a wrong
 * password. Redirects are not followed, for a password goes where the configuration says. Thread-safe; waits for
 * nothing.
 */
final class Server {

    private static final int OK = 200;

    private final AuthHttpConfig config;
    private final HttpRequest.Builder prototype; // with all headers; copied only
    private final HttpClient client;
    private final Throttle<byte[]> throttle;

    Server(AuthHttpConfig config, Path folder, Executor executor) {
        this.config = config;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(executor)
                .version(Version.HTTP_1_1) // one connection of HTTP/2 takes as many requests as the server likes
                .followRedirects(Redirect.NEVER)
                .connectTimeout(config.limits().connectTimeout());
        if (config.trust() != null) {
            builder.sslContext(Trust.of(folder.resolve(config.trust())));
        }
        this.client = builder.build();
        this.prototype = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .header("Accept", "application/json");
        config.allHeaders().forEach(prototype::setHeader);
        this.throttle = new Throttle<>(config.limits(), executor);
    }

    /** {@return the body of the answer; fails if there is none in time, or not with status 200} */
    CompletableFuture<byte[]> ask(URI uri, byte[] question) {
        return throttle.submit(() -> request(uri, question));
    }

    private CompletableFuture<byte[]> request(URI uri, byte[] question) {
        HttpRequest request = prototype
                .copy()
                .uri(uri)
                .POST(BodyPublishers.ofByteArray(question))
                .build();
        int bytesMax = config.limits().answerBytesMax();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(
                request,
                BoundedBody.handler(
                        bytesMax, "answer: longer (expected: at most " + bytesMax + " bytes, answer-bytes-max)"));
        return answer.copy()
                .orTimeout(config.limits().requestTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .handle((response, failure) -> {
                    if (failure != null) {
                        answer.cancel(true); // gives its connection back
                    }
                    return body(uri, response, failure);
                });
    }

    private byte[] body(URI uri, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        String place = uri.getScheme() + "://" + uri.getAuthority() + uri.getPath(); // a query may hold secrets
        if (response == null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            String text = cause instanceof TimeoutException ? "none within request-timeout" : String.valueOf(cause);
            throw new CompletionException(new IOException(place + ": answer: " + text, cause));
        }
        if (response.statusCode() != OK) {
            throw new CompletionException(
                    new IOException(place + ": status: " + response.statusCode() + " (expected: " + OK + ")"));
        }
        return response.body();
    }
}
