// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.DataRepair;
import io.skep.broker.data.OfflineData;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Saves what can be read of damaged data. */
@Command(
        name = "repair",
        description = "Put all that can be read into a new database; what is lost is listed, the old one moved aside.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  skep data repair", "  skep data repair --data /var/lib/skep"})
final class DataFix implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final DataOptions options = new DataOptions();

    DataFix(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StorageConfig config = options.load(surroundings);
        PrintWriter out = surroundings.out();
        try (OfflineData data = OfflineData.openExisting(config, options.folder(surroundings, config))) {
            DataRepair repair = data.repair(line -> out.println("lost: " + line));
            if (repair.damaged() == null) {
                out.println("The data is sound, there is nothing to repair.");
            } else {
                out.println("saved: " + repair.saved() + " records");
                out.println("lost: " + repair.lost() + " records or places, listed in " + repair.losses());
                out.println("the damaged database: " + repair.damaged());
            }
        }
        return Skep.FINE;
    }
}
