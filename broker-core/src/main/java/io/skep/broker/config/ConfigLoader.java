// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.broker.config.ConfigProblem.Origin;
import io.skep.broker.config.Node.Mapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the configuration of a file, the environment and the command line; the later outdoes the earlier. */
public final class ConfigLoader {

    private final Path home;

    /**
     * Loads for one distribution.
     *
     * @param home its folder, to which the paths in a configuration are relative
     */
    public ConfigLoader(Path home) {
        this.home = home;
    }

    /**
     * Loads a configuration.
     *
     * @param file in YAML, or null for none
     * @param environment of which {@code SKEP_...} variables override the file, and all can be used in it
     * @param overrides values by path, such as {@code listeners[0].port} or {@code listeners.0.port}
     * @return the configuration, its paths as they were written
     * @throws ConfigException naming every mistake
     */
    public SkepConfig load(@Nullable Path file, Map<String, String> environment, Map<String, String> overrides) {
        var problems = new ArrayList<ConfigProblem>();
        var reader = new YamlReader(environment, problems);
        Mapping root =
                file == null ? new Mapping(new LinkedHashMap<>(), new Origin("defaults", 0, 0)) : reader.read(file);
        var override = new Overrides(root, keys(), problems);
        override.environment(environment, reader.variablesUsed());
        override.arguments(overrides);
        new ListenerChecks(home, problems).check(root);
        return new ConfigBinder(problems).root(SkepConfig.class, root);
    }

    /** {@return the paths of all keys that a file may have, the listeners' as in {@code listeners[].port}} */
    public static List<String> keys() {
        return Keys.of(SkepConfig.class);
    }
}
