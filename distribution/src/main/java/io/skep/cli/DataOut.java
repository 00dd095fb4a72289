// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes all data as JSON Lines. */
@Command(
        name = "export",
        description = "Write sessions, subscriptions, messages and wills as JSON, one to a line.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  skep data export all.jsonl", "  skep data export --data /backup/monday | grep device123"})
final class DataOut implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "A new file; without it, standard output.")
    @Nullable Path file;

    @Mixin
    private final DataOptions options = new DataOptions();

    DataOut(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StorageConfig config = options.load(surroundings);
        try (OfflineData data = OfflineData.openExisting(config, options.folder(surroundings, config))) {
            if (file == null) {
                data.exportTo(surroundings.out());
                return surroundings.out().checkError() ? Skep.FAILED : Skep.FINE;
            }
            try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
                surroundings.out().println(data.exportTo(out) + " lines: " + file);
            }
        }
        return Skep.FINE;
    }
}
