// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A measurement, to be run by hand in the folder of the module, after its build: many clients connect, each let in by
 * auth-http, whose server takes its time; meanwhile another client publishes to itself. Then the server is dead, once
 * with its port closed and once silent. Arguments: how many clients, how many a second, and the milliseconds of an
 * answer, 5000 500 200 if left out.
 */
public final class LoginStorm {

    private static final byte[] ALLOW = "{\"result\":\"allow\",\"permissions\":[{\"topic\":\"#\"}]}".getBytes(UTF_8);

    private final int clients;
    private final int perSecond;
    private final int answerMillis;

    private LoginStorm(int clients, int perSecond, int answerMillis) {
        this.clients = clients;
        this.perSecond = perSecond;
        this.answerMillis = answerMillis;
    }

    /** Measures, and prints what came out. */
    public static void main(String[] arguments) throws Exception {
        int[] numbers = {5000, 500, 200};
        for (int i = 0; i < arguments.length; i++) {
            numbers[i] = Integer.parseInt(arguments[i]);
        }
        Path folder = Files.createTempDirectory("storm-");
        try {
            new LoginStorm(numbers[0], numbers[1], numbers[2]).run(folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        System.exit(0);
    }

    private void run(Path folder) throws Exception {
        ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            later.schedule(
                    () -> {
                        try (exchange) {
                            exchange.sendResponseHeaders(200, ALLOW.length);
                            exchange.getResponseBody().write(ALLOW);
                        } catch (IOException e) {
                            System.out.println("answer: " + e);
                        }
                    },
                    answerMillis,
                    TimeUnit.MILLISECONDS);
        });
        server.start();
        int port = server.getAddress().getPort();
        without(folder);
        Installation skep = new Installation(Files.createDirectory(folder.resolve("with"))).enable("auth-http");
        skep.write("conf/extensions/auth-http.yaml", "authenticate-url: http://127.0.0.1:" + port + "/login\n");
        try (SkepProcess broker = skep.start();
                LatencyProbe probe = new LatencyProbe(broker.port())) {
            storm(broker, probe, "warming up, server answers", clients / 5);
            memory("before");
            idle(probe);
            storm(broker, probe, "server answers in " + answerMillis + " ms", clients);
            memory("after");
            server.stop(0);
            storm(broker, probe, "port of the server closed", clients);
            memory("after");
            try (ServerSocket silent = new ServerSocket(port, 10_000, InetAddress.getLoopbackAddress())) {
                storm(broker, probe, "server silent", clients);
                memory("after, port " + silent.getLocalPort());
            }
            idle(probe);
        }
    }

    /** What the same clients do to a broker that lets everybody in. */
    private void without(Path folder) throws Exception {
        Installation skep = new Installation(Files.createDirectory(folder.resolve("without")));
        try (SkepProcess broker = skep.start();
                LatencyProbe probe = new LatencyProbe(broker.port())) {
            storm(broker, probe, "warming up, no extension", clients / 5);
            storm(broker, probe, "no extension", clients);
        }
    }

    private static void idle(LatencyProbe probe) {
        probe.latencies();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
        System.out.println("nothing else: another client's messages: " + probe.latencies());
    }

    private void storm(SkepProcess broker, LatencyProbe probe, String name, int count) throws IOException {
        probe.latencies();
        LoginClients storm = new LoginClients(broker.port(), count, perSecond);
        storm.run();
        System.out.printf(
                Locale.ROOT,
                "%s: %d clients at %d a second: return codes %s, to CONNACK %s; another client's messages: %s%n",
                name,
                count,
                perSecond,
                storm.codes(),
                storm.latencies(),
                probe.latencies());
        storm.close();
    }

    private static void memory(String when) throws Exception {
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            run("jcmd", Long.toString(child.pid()), "GC.run");
            String heap = run("jcmd", Long.toString(child.pid()), "GC.heap_info")
                    .lines()
                    .filter(line -> line.contains("used") && line.contains("total"))
                    .map(String::strip)
                    .reduce("", (all, line) -> all + "; " + line.replaceFirst(" \\[.*", ""));
            String resident = Files.readAllLines(Path.of("/proc", Long.toString(child.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM") || line.startsWith("Threads"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .reduce("", (all, line) -> all + " " + line);
            System.out.println("  broker " + when + ":" + resident + heap);
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }
}
