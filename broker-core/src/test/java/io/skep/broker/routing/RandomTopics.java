// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/** Names and filters that meet often, and a matcher that is slow and plainly right. */
final class RandomTopics {

    /** Levels that sort around the separator and around each other. */
    private static final List<String> LEVELS =
            List.of("", "a", "b", "c", "a-", "a.", "a!", "!", "-", ".", "0", "ab", "$", "$a", "é", "\uD83D\uDC1D");

    private static final int LEVELS_MAX = 4;

    private final Random random;

    RandomTopics(long seed) {
        System.err.println("seed " + seed);
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    String name() {
        String name = level();
        for (int more = random.nextInt(LEVELS_MAX); more > 0; more--) {
            name += "/" + level();
        }
        return name.isEmpty() ? "a" : name;
    }

    String filter() {
        String filter = levelOrPlus();
        for (int more = random.nextInt(LEVELS_MAX); more > 0; more--) {
            filter += "/" + levelOrPlus();
        }
        return switch (random.nextInt(6)) {
            case 0 -> filter + "/#";
            case 1 -> "#";
            default -> filter.isEmpty() ? "+" : filter;
        };
    }

    private String level() {
        return LEVELS.get(random.nextInt(LEVELS.size()));
    }

    private String levelOrPlus() {
        return random.nextInt(4) == 0 ? "+" : level();
    }

    /** Matching as clause 4.7 words it. */
    static boolean matches(String filter, String name) {
        boolean wildcardFirst = filter.startsWith("+") || filter.startsWith("#");
        if (name.startsWith("$") && wildcardFirst) {
            return false; // [MQTT-4.7.2-1]
        }
        String[] wanted = filter.split("/", -1);
        String[] found = name.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i == found.length || (!wanted[i].equals("+") && !wanted[i].equals(found[i]))) {
                return false;
            }
        }
        return wanted.length == found.length;
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
