// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands for the data of a broker that does not run. */
@Command(
        name = "data",
        description = "Look after the data of a broker that does not run.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep data verify",
            "  skep data repair",
            "  skep data export all.jsonl",
            "  skep data import --data new all.jsonl"
        })
final class Data implements Runnable {

    private Data() {}

    static CommandLine command(Surroundings surroundings) {
        return new CommandLine(new Data())
                .addSubcommand(new DataVerify(surroundings))
                .addSubcommand(new DataFix(surroundings))
                .addSubcommand(new DataOut(surroundings))
                .addSubcommand(new DataIn(surroundings));
    }

    @Override
    public void run() {
        throw new Misuse("command: none (expected: verify, repair, export or import)");
    }
}
