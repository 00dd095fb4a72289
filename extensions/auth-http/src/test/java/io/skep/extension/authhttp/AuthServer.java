// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A real HTTP server that answers what the test says, when it says. */
final class AuthServer implements AutoCloseable {

    final Queue<Map<String, Object>> questions = new ConcurrentLinkedQueue<>();
    final Queue<Headers> headers = new ConcurrentLinkedQueue<>();
    final AtomicInteger concurrentMax = new AtomicInteger();
    volatile Duration delay = Duration.ZERO;
    volatile int status = 200;
    volatile Function<Map<String, Object>, String> answers = question -> "{\"result\":\"allow\",\"permissions\":[]}";

    private final AtomicInteger concurrent = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(4);
    private final HttpServer server;

    AuthServer() {
        this(null);
    }

    AuthServer(@Nullable SSLContext tls) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (tls == null) {
                server = HttpServer.create(address, 1000);
            } else {
                HttpsServer secure = HttpsServer.create(address, 1000);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secure;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, Object> question = JSON.std.mapFrom(exchange.getRequestBody());
        questions.add(question);
        headers.add(exchange.getRequestHeaders());
        int now = concurrent.incrementAndGet();
        concurrentMax.accumulateAndGet(now, Math::max);
        String answer = answers.apply(question);
        later.schedule(() -> answer(exchange, answer), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void answer(HttpExchange exchange, String answer) {
        concurrent.decrementAndGet();
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // whoever asked has given up
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String path) {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        later.shutdownNow();
    }
}
