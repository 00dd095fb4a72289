// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A real HTTP server that is told about events, on loopback. It can be slow, refuse, end and come back. */
final class HookServer implements AutoCloseable {

    private static final long DEADLINE_SECONDS = 30;

    final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    volatile int status = 204;
    private final @Nullable SSLContext tls;
    private final CountDownLatch slowness = new CountDownLatch(1);
    private volatile boolean slow;
    private int port;
    private @Nullable HttpServer server;
    private @Nullable ExecutorService threads;

    /** What it was asked, and answered. */
    record Request(Headers headers, byte[] body, int status) {

        @SuppressWarnings("unchecked") // it is a list of objects, or the test fails soon
        List<Map<String, Object>> events() throws IOException {
            return (List<Map<String, Object>>) JSON.std.anyFrom(body);
        }
    }

    HookServer() throws IOException {
        this(null);
    }

    HookServer(@Nullable SSLContext tls) throws IOException {
        this.tls = tls;
        start();
    }

    /** Starts it, on the same port as before. */
    void start() throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        HttpServer fresh;
        if (tls == null) {
            fresh = HttpServer.create(address, 0);
        } else {
            HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls));
            fresh = secure;
        }
        port = fresh.getAddress().getPort();
        threads = Executors.newCachedThreadPool();
        fresh.setExecutor(threads);
        fresh.createContext("/", this::handle);
        fresh.start();
        server = fresh;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int answer = status;
            requests.add(new Request(exchange.getRequestHeaders(), body, answer));
            if (slow) {
                slowness.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
            }
            exchange.sendResponseHeaders(answer, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on nobody gets an answer. */
    void beSlow() {
        slow = true;
    }

    void beQuick() {
        slow = false;
    }

    /** {@return the next request} */
    Request next() throws InterruptedException {
        Request next = requests.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no request within " + DEADLINE_SECONDS + " s");
        }
        return next;
    }

    String url(String path) {
        return (tls == null ? "http" : "https") + "://127.0.0.1:" + port + path;
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
