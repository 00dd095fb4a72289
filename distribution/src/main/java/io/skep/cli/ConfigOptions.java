// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.ConfigLoader;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.SkepConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how the broker is configured. Paths are relative to the working folder. */
final class ConfigOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration to use instead of conf/skep.yaml; also taken from SKEP_CONFIG.")
    @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "Data folder to use; created if there is none.")
    @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Listen on this port; without --config with exactly one TCP listener on 127.0.0.1.")
    @Nullable Integer port;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Set one value, such as mqtt.packet-bytes-max=4MB; may be repeated.")
    List<String> assignments = new ArrayList<>();

    /** {@return the file to read, or null for none} */
    @Nullable Path file(Surroundings surroundings) {
        Path named = named(surroundings);
        Path usual = surroundings.home().resolve("conf").resolve("skep.yaml");
        return named == null && Files.exists(usual) ? usual : named;
    }

    SkepConfig load(Surroundings surroundings) {
        Map<String, String> overrides = overrides();
        Integer onlyPort = named(surroundings) == null ? port : null;
        if (port != null && onlyPort == null) {
            overrides.putIfAbsent("listeners[0].port", port.toString());
        }
        if (data != null) {
            overrides.put("storage.folder", data.toAbsolutePath().toString());
        }
        SkepConfig loaded =
                new ConfigLoader(surroundings.home()).load(file(surroundings), surroundings.environment(), overrides);
        return onlyPort == null ? loaded : withListener(loaded, onlyPort);
    }

    private @Nullable Path named(Surroundings surroundings) {
        String fromEnvironment = surroundings.environment().get("SKEP_CONFIG");
        return config == null && fromEnvironment != null ? Path.of(fromEnvironment) : config;
    }

    private Map<String, String> overrides() {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new Misuse("--port: " + port + " (expected: 0 to 65535)");
        }
        var overrides = new LinkedHashMap<String, String>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1 || overrides.containsKey(assignment.substring(0, equals))) {
                String expected = equals < 1 ? "path=value" : "each path once";
                throw new Misuse("--set: " + assignment + " (expected: " + expected + ")");
            }
            overrides.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        return overrides;
    }

    private static SkepConfig withListener(SkepConfig config, int port) {
        return new SkepConfig(
                List.of(ListenerConfig.tcp(port)),
                config.mqtt(),
                config.sessions(),
                config.storage(),
                config.extensions(),
                config.threads());
    }
}
