// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.SkepConfig;
import io.skep.broker.config.StorageConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whose data is meant. Paths are relative to the working folder. */
final class DataOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The broker's configuration instead of conf/skep.yaml; also taken from SKEP_CONFIG.")
    @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder, if not that of the configuration.")
    @Nullable Path data;

    SkepConfig loadAll(Surroundings surroundings) {
        ConfigOptions options = new ConfigOptions();
        options.config = config;
        return options.load(surroundings);
    }

    StorageConfig load(Surroundings surroundings) {
        return loadAll(surroundings).storage();
    }

    Path folder(Surroundings surroundings, StorageConfig config) {
        return data != null ? data.toAbsolutePath() : surroundings.home().resolve(config.folder());
    }

    /** {@return the data folder; the configuration is asked only if it has to be} */
    Path folder(Surroundings surroundings) {
        return data != null ? data.toAbsolutePath() : folder(surroundings, load(surroundings));
    }
}
