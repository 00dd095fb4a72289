// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hashes a password for the users file of the extension auth-file. */
@Command(
        name = "passwd",
        description = "Hash a password for the extension auth-file; print the lines for its file, or change the file.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep passwd ann",
            "  skep passwd ann --file conf/extensions/auth-file.yaml",
            "  skep passwd ann --scram --file conf/extensions/auth-file.yaml",
            "  printf %%s \"$SECRET\" | skep passwd ann --password-stdin"
        })
final class Passwd implements Callable<Integer> {

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Surroundings surroundings;

    @Parameters(paramLabel = "USER", description = "Name of the user.")
    String user = "";

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Put the user into this file, or replace its password there; all else in it stays.")
    @Nullable Path file;

    @Option(names = "--password-stdin", description = "Read the password from the first line of standard input.")
    boolean fromStandardInput;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Rounds of hashing: more make guessing and logging in slower. Default: "
                    + PasswordHash.ITERATIONS + ", with --scram " + ScramVerifier.ITERATIONS + ".")
    @Nullable Integer iterations;

    @Option(
            names = "--scram",
            description = "Make a verifier for clients that authenticate with SCRAM-SHA-256 (MQTT 5.0) instead.")
    boolean scram;

    Passwd(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        if (user.isBlank() || CONTROL.matcher(user).find()) {
            throw new Misuse("USER: '" + user + "' (expected: a name)");
        }
        int most = 10_000_000;
        int fewest = scram ? 4_096 : 1_000; // RFC 5802 demands them
        int rounds = iterations == null ? (scram ? ScramVerifier.ITERATIONS : PasswordHash.ITERATIONS) : iterations;
        if (rounds < fewest || rounds > most) {
            throw new Misuse("--iterations: " + rounds + " (expected: " + fewest + " to " + most + ")");
        }
        char[] password = fromStandardInput ? readPassword() : askForPassword();
        if (password.length == 0) {
            throw new Misuse("password: empty (expected: at least one character)");
        }
        String key = scram ? "scram" : "password";
        String hash = hash(password, rounds);
        Arrays.fill(password, '\0');
        if (file == null) {
            surroundings.out().print(UsersFile.put("", user, key, hash));
            surroundings.out().flush();
        } else {
            boolean replaced = UsersFile.put(file, user, key, hash);
            surroundings.out().println(user + ": " + (replaced ? "replaced" : "added") + " in " + file);
        }
        return Skep.FINE;
    }

    private String hash(char[] password, int rounds) {
        try {
            return scram ? ScramVerifier.of(password, rounds) : PasswordHash.of(password, rounds);
        } catch (IllegalArgumentException e) {
            throw new Misuse(String.valueOf(e.getMessage()));
        }
    }

    private char[] readPassword() throws IOException {
        var lines = new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        return line == null ? new char[0] : line.toCharArray();
    }

    /** Newer JDKs have a console without a terminal too; asking there fails in the end of input. */
    @SuppressWarnings("SystemConsoleNull")
    private char[] askForPassword() {
        Console console = System.console();
        char[] password = console == null ? null : console.readPassword("Password for %s: ", user);
        char[] again = console == null ? null : console.readPassword("Once more: ");
        if (password == null || again == null) {
            throw new Misuse("password: no terminal to ask on (expected: one, or --password-stdin)");
        }
        if (!Arrays.equals(password, again)) {
            throw new Misuse("password: two different ones (expected: the same twice)");
        }
        return password;
    }
}
