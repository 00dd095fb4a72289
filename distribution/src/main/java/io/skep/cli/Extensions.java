// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.admin.AdminClient;
import io.skep.broker.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The commands for what lies in the extensions folder. Whether an extension is disabled is a file there, which this
 * process makes and deletes with its own rights; a running broker sees it by itself, and is asked only so as to say
 * what came of it.
 */
@Command(
        name = "extensions",
        description = "See and change which extensions run, also while the broker does.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:it could not be done, or the extension cannot run",
            "2:wrong usage, or no broker runs that could be asked"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep extensions list",
            "  skep extensions disable hello-world",
            "  skep extensions enable hello-world",
            "  skep extensions reload auth-file"
        })
final class Extensions implements Runnable {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int NOT_RUNNING = 2;
    private static final String ROW = "%-24s %-16s %-9s %s%n";

    private final Surroundings surroundings;

    private Extensions(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static CommandLine command(Surroundings surroundings) {
        return new CommandLine(new Extensions(surroundings));
    }

    @Override
    public void run() {
        throw new Misuse("command: none (expected: list, enable, disable or reload)");
    }

    @Command(name = "list", description = "List extensions, and the order in which their hooks are asked.")
    int list(
            @Mixin DataOptions options,
            @Option(names = "--json", description = "Answer with one line of JSON.") boolean json)
            throws IOException {
        JsonObject answer = ask(options, new JsonObject());
        PrintWriter out = surroundings.out();
        if (answer == null) {
            return notRunning(options);
        }
        if (json) {
            out.println(answer);
            return Skep.FINE;
        }
        out.printf(ROW, "id", "version", "state", "file");
        for (JsonObject each : answer.list("extensions", JsonObject.class)) {
            out.printf(ROW, each.text("id"), each.text("version"), each.text("state"), each.text("file"));
            if (!each.text("why").isEmpty()) {
                out.println("    " + each.text("why"));
            }
        }
        printHooks(answer.list("hooks", JsonObject.class), out);
        return Skep.FINE;
    }

    private static void printHooks(List<JsonObject> hooks, PrintWriter out) {
        Map<String, String> kinds = hooks.stream()
                .collect(Collectors.groupingBy(
                        hook -> hook.text("kind"),
                        TreeMap::new,
                        Collectors.mapping(Extensions::described, Collectors.joining(", "))));
        kinds.forEach((kind, order) -> out.println(kind + ": " + order));
    }

    private static String described(JsonObject hook) {
        String filter = hook.text("topicFilter");
        long order = hook.number("order");
        return hook.text("extension")
                + (order == 0 ? "" : " (order " + order + ")")
                + (filter.equals("#") ? "" : " (for " + filter + ")");
    }

    @Command(name = "enable", description = "Let an extension run that was disabled.")
    int enable(@Mixin DataOptions options, @Parameters(paramLabel = "ID", description = "Its id.") String id)
            throws IOException {
        JsonObject before = ask(options, new JsonObject());
        Files.deleteIfExists(marker(options, before, id));
        return before == null
                ? atNextStart(id, "enabled")
                : changed(options, id, new JsonObject().put("look", true), "runs");
    }

    @Command(name = "disable", description = "Stop an extension, and do not start it again until it is enabled.")
    int disable(@Mixin DataOptions options, @Parameters(paramLabel = "ID", description = "Its id.") String id)
            throws IOException {
        JsonObject before = ask(options, new JsonObject());
        if (before != null) {
            checkKnown(before, id);
        }
        Path marker = marker(options, before, id);
        if (!Files.exists(marker)) {
            Files.createFile(marker);
        }
        return before == null
                ? atNextStart(id, "disabled")
                : changed(options, id, new JsonObject().put("look", true), "disabled");
    }

    @Command(
            name = "reload",
            description = "Start an extension anew beside the one that runs; all extensions if none is named.")
    int reload(
            @Mixin DataOptions options,
            @Parameters(paramLabel = "ID", arity = "0..1", description = "Its id.") @Nullable String id)
            throws IOException {
        String named = id == null ? "" : id;
        JsonObject before = ask(options, new JsonObject());
        if (before != null && !named.isEmpty()) {
            checkKnown(before, named);
        }
        return changed(options, named, new JsonObject().put("reload", named), "runs");
    }

    /** Asks for a change, and says what came of it. */
    private int changed(DataOptions options, String id, JsonObject request, String expected) throws IOException {
        JsonObject answer = ask(options, request);
        PrintWriter out = surroundings.out();
        if (answer == null) {
            return notRunning(options);
        }
        if (!answer.flag("done")) {
            out.println("it takes longer; 'skep extensions list' will tell what came of it");
            return Skep.FINE;
        }
        if (!id.isEmpty()) {
            checkKnown(answer, id);
        }
        boolean fine = true;
        for (JsonObject each : answer.list("extensions", JsonObject.class)) {
            boolean meant = id.isEmpty() ? !each.text("state").equals("disabled") : id.equals(each.text("id"));
            if (meant) {
                String state = each.text("state");
                String why = each.text("why");
                boolean byConfig = state.equals("disabled") && !expected.equals(state);
                out.println(each.text("id") + " " + each.text("version") + ": " + state
                        + (byConfig ? ", for extensions.disabled of the configuration names it" : "")
                        + (why.isEmpty() ? "" : ": " + why));
                fine &= state.equals(expected) && why.isEmpty();
            }
        }
        return fine ? Skep.FINE : Skep.FAILED;
    }

    private int atNextStart(String id, String state) {
        surroundings.out().println(id + ": " + state + " from the next start on");
        return Skep.FINE;
    }

    private int notRunning(DataOptions options) {
        surroundings.out().println("not running: no broker has the data folder " + options.folder(surroundings));
        return NOT_RUNNING;
    }

    private @Nullable JsonObject ask(DataOptions options, JsonObject request) throws IOException {
        return AdminClient.ask(options.folder(surroundings), request.put("command", "extensions"), TIMEOUT);
    }

    private static void checkKnown(JsonObject answer, String id) {
        List<String> ids = answer.list("extensions", JsonObject.class).stream()
                .map(each -> each.text("id"))
                .distinct()
                .toList();
        if (!ids.contains(id)) {
            throw new Misuse("ID: " + id + " (expected: "
                    + (ids.isEmpty() ? "one, but there is none" : "one of " + String.join(", ", ids)) + ")");
        }
    }

    /** {@return the file that disables an extension, in the folder of the broker that runs or would run} */
    private Path marker(DataOptions options, @Nullable JsonObject answer, String id) {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new Misuse("ID: " + id + " (expected: letters, digits, '.', '-' and '_')");
        }
        Path folder = answer == null
                ? surroundings
                        .home()
                        .resolve(options.loadAll(surroundings).extensions().folder())
                : Path.of(answer.text("folder"));
        return folder.resolve(id + ".disabled");
    }
}
