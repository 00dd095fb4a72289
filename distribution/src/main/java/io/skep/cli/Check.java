// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.SkepConfig;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what a configuration comes to, without a broker. */
@Command(
        name = "check",
        description = "Check the configuration without starting; name every mistake.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  skep check", "  skep check --config my.yaml --set threads.loops=2"})
final class Check implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    Check(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        SkepConfig config = options.load(surroundings);
        Path file = options.file(surroundings);
        surroundings.out().println("configuration: " + (file == null ? "defaults" : file));
        for (ListenerConfig listener : config.listeners()) {
            surroundings.out().println("listener " + listener.name() + ": " + describe(listener));
        }
        surroundings
                .out()
                .println("data: " + surroundings.home().resolve(config.storage().folder()));
        surroundings.out().println("The configuration is right.");
        return Skep.FINE;
    }

    private static String describe(ListenerConfig listener) {
        String address = listener.address().contains(":") ? "[" + listener.address() + "]" : listener.address();
        return listener.type().name().toLowerCase(Locale.ROOT)
                + " on "
                + address
                + ":"
                + (listener.port() == 0 ? "any free port" : listener.port())
                + (listener.type().isWebSocket() ? listener.path() : "");
    }
}
