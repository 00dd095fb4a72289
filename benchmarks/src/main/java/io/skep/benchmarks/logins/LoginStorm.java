// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Many clients connect at a steady rate, to a broker that lets everybody in and to one whose {@code auth-http} asks a
 * server that takes its time, has closed its port, or is silent. Meanwhile another client publishes to itself
 * ({@link Probe}); how long its messages take is compared with a time of the same length in which nobody connects.
 *
 * <pre>
 * LoginStorm HOME FOLDER CLIENTS PER_SECOND ANSWER_MILLIS ROUNDS NICENESS
 * </pre>
 *
 * <p>{@code NICENESS} is that of the clients that log in and of the HTTP server: where these are on machines of their
 * own, they take no processor from the broker.
 */
public final class LoginStorm {

    private static final long BREAKER_SECONDS = 11; // for so long an extension that has failed is not asked

    private final int clients;
    private final int perSecond;
    private final Child storm;
    private final Child server;
    private final Map<String, List<double[]>> rows = new LinkedHashMap<>();

    private LoginStorm(int clients, int perSecond, Child storm, Child server) {
        this.clients = clients;
        this.perSecond = perSecond;
        this.storm = storm;
        this.server = server;
    }

    /** Measures, and prints what came out. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Path folder = Path.of(arguments[1]);
        int[] numbers = Stream.of(arguments).skip(2).mapToInt(Integer::parseInt).toArray();
        int port = Tested.freePort();
        try (Child storm = Child.start(numbers[4], LoginClients.class);
                Child server = Child.start(numbers[4], SlowServer.class, port, numbers[2])) {
            server.ask("answering");
            try (Tested plain = Tested.start(home, Files.createDirectories(folder.resolve("plain")), 0);
                    Tested asking = Tested.start(home, Files.createDirectories(folder.resolve("asking")), port)) {
                new LoginStorm(numbers[0], numbers[1], storm, server).run(plain, asking, numbers[3]);
            }
        }
    }

    private void run(Tested plain, Tested asking, int rounds) throws IOException {
        for (int i = 0; i < 2; i++) { // the JVMs compile what they will do
            storm(plain, "warming up, no extension");
            storm(asking, "warming up, auth-http");
        }
        rows.clear();
        for (int i = 0; i < rounds; i++) {
            server.ask("answering");
            storm.ask(asking.port() + " 1 1"); // with the first success the extension is asked by all again
            storm.ask("leave");
            idle(plain, "idle, no extension");
            storm(plain, "storm, no extension");
            idle(asking, "idle, auth-http");
            storm(asking, "storm, auth-http");
            server.ask("closed");
            storm(asking, "storm, port of the server closed");
            sleep(BREAKER_SECONDS);
            server.ask("silent");
            storm(asking, "storm, server silent");
            sleep(BREAKER_SECONDS);
        }
        Child.OUT.println("medians of " + rounds);
        rows.forEach((name, all) -> print(name, medians(all)));
    }

    private static void sleep(long seconds) {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
    }

    private interface Case {
        String run() throws IOException;
    }

    private void idle(Tested tested, String name) throws IOException {
        measure(tested, name, () -> {
            sleep(clients / perSecond);
            return "{} 0 0 0 0";
        });
    }

    private void storm(Tested tested, String name) throws IOException {
        measure(tested, name, () -> storm.ask(tested.port() + " " + clients + " " + perSecond));
        storm.ask("leave");
        sleep(2);
    }

    private void measure(Tested tested, String name, Case measured) throws IOException {
        tested.probe().ask("begin");
        tested.pauses().take();
        ThreadTimes before = ThreadTimes.of(tested.broker().pid());
        double[] othersBefore = others(tested);
        long begin = System.nanoTime();
        String[] logins = measured.run().split(" ", -1);
        double percent = (System.nanoTime() - begin) / 100.0;
        ThreadTimes after = ThreadTimes.of(tested.broker().pid());
        double[] othersAfter = others(tested);
        List<Double> figures = new ArrayList<>();
        Stream.of(tested.probe().ask("end").split(" ", -1)).map(Double::valueOf).forEach(figures::add);
        Stream.of(logins).skip(1).limit(3).map(Double::valueOf).forEach(figures::add);
        DoubleSummaryStatistics pauses = tested.pauses().take();
        figures.addAll(List.of((double) pauses.getCount(), pauses.getSum(), Math.max(0, pauses.getMax())));
        figures.add(tested.residentMax());
        ThreadTimes.Times loop = after.since(before, List.of("skep-loop"));
        figures.add(loop.runNanos() / percent);
        figures.add(loop.waitNanos() / percent);
        figures.add(loop.waitNanos() / 1e6 / Math.max(1, loop.turns()));
        figures.add(after.since(before, List.of("C1 Comp", "C2 Comp")).runNanos() / percent);
        figures.add(after.since(before, List.of("VM Thread")).runNanos() / percent);
        figures.add(after.since(before, List.of("")).runNanos() / percent);
        for (int i = 0; i < othersAfter.length; i++) {
            figures.add((othersAfter[i] - othersBefore[i]) / percent);
        }
        double[] row = figures.stream().mapToDouble(Double::doubleValue).toArray();
        rows.computeIfAbsent(name, key -> new ArrayList<>()).add(row);
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
        print(name + "; return codes " + logins[0] + ", load of the machine " + load, row);
    }

    /** {@return how long the processes have run that are not the broker} */
    private double[] others(Tested tested) throws IOException {
        return new double[] {run(storm), run(server), run(tested.probe())};
    }

    private static double run(Child child) throws IOException {
        return ThreadTimes.of(child.pid())
                .since(new ThreadTimes(Map.of()), List.of(""))
                .runNanos();
    }

    private static double[] medians(List<double[]> all) {
        double[] medians = new double[all.get(0).length];
        for (int i = 0; i < medians.length; i++) {
            int column = i;
            double[] sorted =
                    all.stream().mapToDouble(row -> row[column]).sorted().toArray();
            medians[i] = sorted[sorted.length / 2];
        }
        return medians;
    }

    private static void print(String name, double[] row) {
        Child.OUT.println(name);
        Child.OUT.printf(
                Locale.ROOT,
                "  messages p50 %.2f ms, p99 %.2f ms, max %.1f ms of %.0f;"
                        + " the echo %.2f, %.2f, %.1f of %.0f%n"
                        + "  CONNACK p50 %.1f ms, p99 %.1f ms, max %.1f ms%n"
                        + "  collections %.0f, %.0f ms, the longest %.0f ms; resident at most %.0f MB%n"
                        + "  %% of a processor: loop %.1f (ready, but had none: %.1f; %.3f ms a turn), compilers %.1f,"
                        + " collector %.1f, broker %.1f, clients %.1f, server %.1f, measuring %.1f%n",
                Arrays.stream(row).boxed().toArray());
    }
}
