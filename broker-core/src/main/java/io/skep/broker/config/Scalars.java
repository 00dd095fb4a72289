// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the text of one value into the type of a record component. The component's name takes part: what is called
 * "bytes" may be written as a size ({@code 64KiB}), what is called "expiry" may be {@code never}.
 */
final class Scalars {

    private static final Pattern NUMBER_WITH_UNIT = Pattern.compile("(-?[0-9][0-9_]*) ?([A-Za-z]*)");

    private static final Map<String, Long> SIZES = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30);

    private static final Map<String, Duration> DURATIONS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    /** A text does not fit a type; the message is what would. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        Unfit(String expected) {
            super(expected, null, false, false);
        }

        String expected() {
            return String.valueOf(getMessage());
        }
    }

    private Scalars() {}

    static Object read(Class<?> type, String key, String text) throws Unfit {
        if (type == String.class) {
            return text;
        }
        if (type == boolean.class || type == Boolean.class) {
            return bool(text);
        }
        if (type == int.class || type == Integer.class) {
            return Math.toIntExact(number(key, text, Integer.MAX_VALUE));
        }
        if (type == long.class || type == Long.class) {
            return number(key, text, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return decimal(text);
        }
        if (type == Duration.class) {
            return duration(key, text);
        }
        if (type == Path.class) {
            return path(text);
        }
        if (type.isEnum()) {
            return constant(type, text);
        }
        throw new IllegalArgumentException(
                "type of " + key + ": " + type + " (expected: a type that a value can have)");
    }

    /** {@return how an enum constant is written} */
    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return the shortest way to write a duration} */
    static String text(Duration duration) {
        if (duration.equals(SessionConfig.NEVER)) {
            return "never";
        }
        for (String unit : List.of("d", "h", "m", "s", "ms")) {
            long millis = DURATIONS.getOrDefault(unit, Duration.ZERO).toMillis();
            if (duration.toMillis() != 0 && duration.toMillis() % millis == 0) {
                return duration.toMillis() / millis + unit;
            }
        }
        return "0";
    }

    private static boolean bool(String text) throws Unfit {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Unfit("true or false");
        };
    }

    private static long number(String key, String text, long max) throws Unfit {
        boolean size = key.contains("bytes");
        String expected = size ? "a size such as 2MB, 64KiB or 1000" : "a whole number";
        Matcher matcher = NUMBER_WITH_UNIT.matcher(text);
        Long unit = matcher.matches() ? SIZES.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null || (!size && !matcher.group(2).isEmpty())) {
            throw new Unfit(expected);
        }
        long value = multiply(matcher.group(1), unit, expected + ", at most " + max);
        if (value > max || value < -max) {
            throw new Unfit(expected + ", at most " + max);
        }
        return value;
    }

    private static double decimal(String text) throws Unfit {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new Unfit("a number");
        }
    }

    private static Duration duration(String key, String text) throws Unfit {
        boolean expiry = key.contains("expiry");
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (expiry && text.equals("never")) {
            return SessionConfig.NEVER;
        }
        String expected = "a duration such as 500ms, 10s, 5m, 12h, 30d or 0" + (expiry ? ", or never" : "");
        Matcher matcher = NUMBER_WITH_UNIT.matcher(text);
        Duration unit = matcher.matches() ? DURATIONS.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new Unfit(expected);
        }
        return Duration.ofMillis(multiply(matcher.group(1), unit.toMillis(), expected));
    }

    private static long multiply(String digits, long unit, String expected) throws Unfit {
        try {
            return Math.multiplyExact(Long.parseLong(digits.replace("_", "")), unit);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new Unfit(expected);
        }
    }

    private static Path path(String text) throws Unfit {
        try {
            if (!text.isBlank()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // is not a path either
        }
        throw new Unfit("a path");
    }

    private static Object constant(Class<?> type, String text) throws Unfit {
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> text((Enum<?>) constant))
                .toList();
        int index = names.indexOf(text);
        if (index < 0) {
            throw new Unfit("one of " + String.join(", ", names) + Suggestion.hint(text, names));
        }
        return type.getEnumConstants()[index];
    }
}
