// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reads what {@link DataOut} has written. */
@Command(
        name = "import",
        description =
                "Fill an empty data folder with what 'skep data export' wrote; all of it or, on a mistake, nothing.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep data import --data new all.jsonl",
            "  skep data export --data old | skep data import --data new"
        })
final class DataIn implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file; without it, standard input.")
    @Nullable Path file;

    @Mixin
    private final DataOptions options = new DataOptions();

    DataIn(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StorageConfig config = options.load(surroundings);
        Path folder = options.folder(surroundings, config);
        try (OfflineData data = OfflineData.open(config, folder);
                BufferedReader in = file == null
                        ? new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8))
                        : Files.newBufferedReader(file)) {
            long lines = data.importFrom(in);
            surroundings.out().println(lines + " lines: " + folder);
        }
        return Skep.FINE;
    }
}
