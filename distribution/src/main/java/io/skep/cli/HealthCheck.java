// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.admin.AdminClient;
import io.skep.broker.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running broker how it is. */
@Command(
        name = "health",
        description = "Say whether the broker on this machine is ready, and whether its storage writes.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:healthy",
            "1:running, but not healthy: starting, stopping, or it cannot write",
            "2:not running"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  skep health", "  skep health --data /var/lib/skep --json"})
final class HealthCheck implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int NOT_RUNNING = 2;

    private final Surroundings surroundings;

    @Mixin
    private final DataOptions options = new DataOptions();

    @Option(names = "--json", description = "Answer with one line of JSON.")
    boolean json;

    HealthCheck(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = options.folder(surroundings);
        JsonObject answer = AdminClient.ask(folder, new JsonObject().put("command", "health"), TIMEOUT);
        PrintWriter out = surroundings.out();
        if (answer == null) {
            out.println(
                    json
                            ? new JsonObject().put("healthy", false).put("state", "not running")
                            : "not running: no broker has the data folder " + folder);
            return NOT_RUNNING;
        }
        if (json) {
            out.println(answer);
        } else {
            print(answer, out);
        }
        return answer.flag("healthy") ? Skep.FINE : Skep.FAILED;
    }

    private static void print(JsonObject answer, PrintWriter out) {
        JsonObject storage = answer.object("storage");
        out.println((answer.flag("healthy") ? "healthy" : "not healthy") + ": " + answer.text("state") + ", process "
                + answer.number("process"));
        out.println("storage: " + (storage.flag("writes") ? "writes" : "cannot write" + reason(storage)));
        out.println("connections: " + answer.number("connections"));
        out.println("sessions: " + answer.number("sessions"));
    }

    private static String reason(JsonObject storage) {
        String since = storage.has("failingSince") ? " since " + storage.text("failingSince") : "";
        return since + (storage.has("why") ? ": " + storage.text("why") : "");
    }
}
