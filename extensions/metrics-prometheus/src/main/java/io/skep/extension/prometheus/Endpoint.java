// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The HTTP server: the JDK's, with two threads. Who sends or reads too slowly is cut off, so that nobody holds them for
 * long.
 */
final class Endpoint implements AutoCloseable {

    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int WITHOUT_BODY = -1;
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads;

    private Endpoint(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * {@return a server that shows the page}
     *
     * @param folder of the configuration
     * @throws BindException if the port is in use
     * @throws IllegalArgumentException if it can never listen there
     */
    static Endpoint open(MetricsPrometheusConfig config, Path folder, HttpHandler page) throws BindException {
        setBounds();
        HttpServer server = bind(config, folder);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "metrics-prometheus");
            thread.setDaemon(true);
            return thread;
        });
        Access access = new Access(config);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, config.path(), access, page);
            }
        });
        server.start();
        return new Endpoint(server, threads);
    }

    /** The server takes its bounds from here alone, when it is first used; nothing else in the broker uses it. */
    private static void setBounds() {
        setIfAbsent("sun.net.httpserver.maxReqTime", "10"); // seconds, for a whole request
        setIfAbsent("sun.net.httpserver.maxRspTime", "30"); // seconds, to make a response and to send it
        setIfAbsent("jdk.httpserver.maxConnections", "100");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static HttpServer bind(MetricsPrometheusConfig config, Path folder) throws BindException {
        InetSocketAddress address = new InetSocketAddress(config.address(), config.port());
        if (address.isUnresolved()) {
            throw Checks.wrong("address", config.address(), "an address of this host");
        }
        TlsConfig tls = config.tls();
        HttpsConfigurator configurator =
                tls == null ? null : new HttpsConfigurator(KeyStores.context(folder.resolve(tls.keyStore()), tls));
        try {
            return configurator == null ? HttpServer.create(address, 0) : secure(address, configurator);
        } catch (IOException e) {
            if (e instanceof BindException inUse
                    && String.valueOf(e.getMessage()).contains("in use")) {
                throw inUse;
            }
            throw new IllegalArgumentException(
                    "address: " + config.address() + " (expected: one of this host, with a port that it may use): " + e,
                    e);
        }
    }

    private static HttpServer secure(InetSocketAddress address, HttpsConfigurator configurator) throws IOException {
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(configurator);
        return server;
    }

    private static void answer(HttpExchange exchange, String path, Access access, HttpHandler page) throws IOException {
        String method = exchange.getRequestMethod();
        if (!access.permits(exchange.getRequestHeaders().getFirst("Authorization"))) {
            access.challenges()
                    .forEach(challenge -> exchange.getResponseHeaders().add("WWW-Authenticate", challenge));
            exchange.sendResponseHeaders(UNAUTHORIZED, WITHOUT_BODY);
        } else if (!exchange.getRequestURI().getPath().equals(path)) {
            exchange.sendResponseHeaders(NOT_FOUND, WITHOUT_BODY);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, WITHOUT_BODY);
        } else {
            page.handle(exchange);
        }
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
