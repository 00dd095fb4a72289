// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.extension.http.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A server that is told. Redirects are not followed: a token goes where the configuration says. */
final class Target {

    private static final String CONTENT_TYPE = "application/cloudevents-batch+json; charset=UTF-8";
    private static final String SIGNATURE = "Skep-Signature";
    private static final String ALGORITHM = "HmacSHA256";

    private final TargetConfig config;
    private final RequestConfig request;
    private final HttpClient client;

    Target(TargetConfig config, RequestConfig request, Path folder, Executor executor) {
        this.config = config;
        this.request = request;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(executor)
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(request.connectTimeout());
        if (config.trust() != null) {
            builder.sslContext(Trust.of(folder.resolve(config.trust())));
        }
        this.client = builder.build();
    }

    TargetConfig config() {
        return config;
    }

    /**
     * Sends a body and waits for the answer.
     *
     * @throws IOException if the server has not taken it, or has not said so in time
     */
    void send(byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder post = HttpRequest.newBuilder(URI.create(config.url()))
                .header("Content-Type", CONTENT_TYPE)
                .POST(BodyPublishers.ofByteArray(body));
        if (config.secret() != null) {
            post.header(SIGNATURE, signature(config.secret(), body));
        }
        config.headers().forEach(post::setHeader);
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(post.build(), BodyHandlers.discarding());
        try {
            int status = answer.get(request.timeout().toNanos(), TimeUnit.NANOSECONDS)
                    .statusCode();
            if (status < 200 || status > 299) {
                throw new IOException("status: " + status + " (expected: 200 to 299)");
            }
        } catch (ExecutionException e) {
            throw new IOException("answer: none: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("answer: none within " + request.timeout().toMillis() + " ms", e);
        } finally {
            answer.cancel(true); // after a failure it gives its connection back
        }
    }

    static String signature(String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
