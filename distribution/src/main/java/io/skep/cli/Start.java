// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.Broker;
import io.skep.broker.config.SkepConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the broker until the process is told to end. */
@Command(
        name = "start",
        description = "Start the broker; it runs until SIGTERM or Ctrl-C.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep start --port 1883",
            "  skep start --config /etc/skep/skep.yaml --data /var/lib/skep",
            "  skep start --set sessions.expiry-max=1d --set listeners[0].address=0.0.0.0"
        })
final class Start implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    final ConfigOptions options = new ConfigOptions();

    Start(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        SkepConfig config = options.load(surroundings);
        var started = new CompletableFuture<Broker>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "skep-stop"));
        surroundings.log().join();
        try {
            started.complete(Broker.start(config, surroundings.home()));
        } finally {
            started.cancel(false); // if it did not start, there is nothing to stop
        }
        new CountDownLatch(1).await(); // the shutdown hook ends the process
        return Skep.FINE;
    }

    /** Ends with 0 where the JVM would end with the number of the signal: being told to stop is no failure. */
    private static void stop(CompletableFuture<Broker> started) {
        int exitCode = Skep.FINE;
        try {
            started.join().stop();
        } catch (CancellationException e) {
            return; // the exit code says already why
        } catch (RuntimeException e) {
            Logger log = LoggerFactory.getLogger(Start.class);
            log.error("The broker did not stop in order", e);
            exitCode = Skep.FAILED;
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
