// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command line that is nothing but a start and its options, each with its value. It is understood here, without the
 * library that understands all command lines: to wake that one takes a fifth of a start. What is not plain is left to
 * it, and so is what is wrong.
 */
final class PlainStart {

    private static final int PORT_DIGITS_MAX = 5;

    private PlainStart() {}

    /** {@return what to run, or null if this command line is not plain} */
    static @Nullable Start read(Surroundings surroundings, List<String> arguments) {
        if (arguments.size() % 2 == 0 || !arguments.get(0).equals("start")) {
            return null;
        }
        var start = new Start(surroundings);
        for (int i = 1; i < arguments.size(); i += 2) {
            if (!set(start.options, arguments.get(i), arguments.get(i + 1))) {
                return null;
            }
        }
        return start;
    }

    private static boolean set(ConfigOptions options, String name, String value) {
        if (value.isEmpty() || "-@\"'".indexOf(value.charAt(0)) >= 0) {
            return false; // it may be another option, a file of options, or quoted
        }
        try {
            switch (name) {
                case "--config" -> {
                    boolean first = options.config == null;
                    options.config = Path.of(value);
                    return first;
                }
                case "--data" -> {
                    boolean first = options.data == null;
                    options.data = Path.of(value);
                    return first;
                }
                case "--port" -> {
                    boolean first = options.port == null;
                    options.port = Integer.valueOf(value);
                    return first && value.length() <= PORT_DIGITS_MAX;
                }
                case "--set" -> {
                    return options.assignments.add(value);
                }
                default -> {
                    return false;
                }
            }
        } catch (InvalidPathException | NumberFormatException e) {
            return false;
        }
    }
}
