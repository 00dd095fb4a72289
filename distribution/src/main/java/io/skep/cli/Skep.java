// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.StartException;
import io.skep.broker.config.ConfigException;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command {@code skep}. */
@Command(
        name = "skep",
        description = "Skep, an MQTT broker that keeps what it acknowledged.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:fine",
            "1:it could not be done or failed (port in use, data folder in use, damaged data, ...)",
            "2:wrong usage or wrong configuration; nothing was started or changed"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep start --port 1883        a first try: one listener on this machine only",
            "  skep start                    with conf/skep.yaml",
            "  skep check --config my.yaml   is this configuration right?"
        })
public final class Skep implements Runnable {

    static final int FINE = 0;
    static final int FAILED = 1;
    static final int WRONG = 2;

    private final CommandLine commandLine;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    private Skep(Surroundings surroundings) {
        commandLine = new CommandLine(this)
                .addSubcommand(new Start(surroundings))
                .addSubcommand(new Check(surroundings))
                .addSubcommand(new Passwd(surroundings))
                .addSubcommand(new HealthCheck(surroundings))
                .addSubcommand(new SessionsTable(surroundings))
                .addSubcommand(new MakeBackup(surroundings))
                .addSubcommand(new Restore(surroundings))
                .addSubcommand(Data.command(surroundings))
                .addSubcommand(Extensions.command(surroundings))
                .addSubcommand(new Version(surroundings))
                .setOut(surroundings.out())
                .setErr(surroundings.err())
                .setParameterExceptionHandler(Skep::explainUsage)
                .setExecutionExceptionHandler(Skep::explain);
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Charset charset = Charset.defaultCharset();
        // the log backend takes as long to wake as all that comes before the broker, so it wakes beside it
        var log = new Thread(LoggerFactory::getILoggerFactory, "skep-log");
        List<String> given = List.of(arguments);
        if (given.contains("start") || given.contains(Rehearse.NAME)) {
            log.start();
        } else {
            System.setProperty("logback.configurationFile", "io/skep/cli/tool-logback.xml"); // not the broker's files
        }
        var surroundings = new Surroundings(
                Path.of(System.getProperty("skep.home", "")).toAbsolutePath(),
                System.getenv(),
                System.in,
                new PrintWriter(System.out, true, charset),
                new PrintWriter(System.err, true, charset),
                log);
        System.exit(run(surroundings, arguments));
    }

    static int run(Surroundings surroundings, String... arguments) {
        Callable<Integer> plain = plain(surroundings, List.of(arguments));
        if (plain == null) {
            return new Skep(surroundings).commandLine.execute(arguments);
        }
        try {
            return plain.call();
        } catch (Exception e) {
            return explain(e, surroundings.err(), "skep " + arguments[0]);
        }
    }

    /** {@return what to run if that is clear without the command-line library, which takes long to wake; else null} */
    private static @Nullable Callable<Integer> plain(Surroundings surroundings, List<String> arguments) {
        return arguments.size() == 2 && arguments.get(0).equals(Rehearse.NAME)
                ? new Rehearse(surroundings, Path.of(arguments.get(1)))
                : PlainStart.read(surroundings, arguments);
    }

    /** Without a subcommand there is nothing to do. */
    @Override
    public void run() {
        throw new Misuse(
                "command: none (expected: start, check, passwd, health, sessions, backup, restore, data, extensions or version)");
    }

    private static int explainUsage(CommandLine.ParameterException e, String... arguments) {
        CommandLine command = e.getCommandLine();
        explainUsage(e, command.getErr(), command.getCommandSpec().qualifiedName());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        return WRONG;
    }

    private static int explainUsage(Exception e, PrintWriter err, String command) {
        err.println(e.getMessage());
        err.println("See: " + command + " --help");
        return WRONG;
    }

    private static int explain(Exception e, CommandLine command, ParseResult parsed) {
        return explain(e, command.getErr(), command.getCommandSpec().qualifiedName());
    }

    /** The operator's mistakes are a line each; ours come with a stack trace. */
    private static int explain(Exception e, PrintWriter err, String command) {
        if (e instanceof ConfigException wrong) {
            wrong.problems().forEach(err::println);
            return WRONG;
        }
        if (e instanceof Misuse) {
            return explainUsage(e, err, command);
        }
        if (e instanceof StartException || e instanceof StorageException) {
            err.println("skep: " + e.getMessage());
        } else if (e instanceof IOException) {
            err.println("skep: " + e.getClass().getSimpleName() + ": " + e.getMessage());
        } else {
            e.printStackTrace(err);
        }
        return FAILED;
    }
}
