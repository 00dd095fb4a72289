// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.admin.AdminClient;
import io.skep.broker.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the sessions of a running broker. */
@Command(
        name = "sessions",
        description = "List the sessions of the broker on this machine, connected or not, by client id.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:fine", "1:there is no session of that client, or the broker cannot answer", "2:not running"},
        footerHeading = "%nExamples:%n",
        footer = {"  skep sessions", "  skep sessions --client-id device123 --json"})
final class SessionsTable implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int NOT_RUNNING = 2;

    private final Surroundings surroundings;

    @Mixin
    private final DataOptions options = new DataOptions();

    @Option(names = "--client-id", paramLabel = "ID", description = "Only the session of this client.")
    @Nullable String clientId;

    @Option(names = "--json", description = "Answer with one line of JSON a session.")
    boolean json;

    SessionsTable(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = options.folder(surroundings);
        JsonObject request = new JsonObject().put("command", "sessions").put("clientId", clientId);
        JsonObject page = AdminClient.ask(folder, request, TIMEOUT);
        if (page == null) {
            surroundings.err().println("not running: no broker has the data folder " + folder);
            return NOT_RUNNING;
        }
        if (!json) {
            surroundings
                    .out()
                    .println(row("connected", "expiry", "subscriptions", "messages", "bytes", "dropped", "client id"));
        }
        int count = print(page);
        while (page != null && page.has("next")) {
            page = AdminClient.ask(folder, request.put("after", page.text("next")), TIMEOUT);
            count += page == null ? 0 : print(page);
        }
        return clientId != null && count == 0 ? Skep.FAILED : Skep.FINE;
    }

    private int print(JsonObject page) {
        PrintWriter out = surroundings.out();
        List<JsonObject> sessions = page.list("sessions", JsonObject.class);
        for (JsonObject session : sessions) {
            out.println(json ? session : line(session));
        }
        return sessions.size();
    }

    private static String line(JsonObject session) {
        return row(
                session.flag("connected") ? "yes" : "no",
                session.number("expirySeconds") + "s",
                session.number("subscriptions"),
                session.number("queuedMessages"),
                session.number("queuedBytes"),
                session.number("droppedMessages"),
                printable(session.text("clientId")));
    }

    private static String row(Object... columns) {
        return String.format(Locale.ROOT, "%-9s %12s %13s %10s %12s %10s  %s", columns);
    }

    /** Whatever a client calls itself, it stays one line and does not steer the terminal. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}]", "?");
    }
}
