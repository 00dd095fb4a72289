// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A topic name that a loop remembers: its bytes split into levels, and who it matched last. Publishers repeat
 * themselves, so the hot path finds the topic by its bytes and walks no tree while the tree's generation stands.
 *
 * <p>Bytes are compared, never characters: matching is literal [MQTT-4.7.3-4]. Owned by one loop.
 */
public final class Topic {

    /** Stands for no topic. */
    public static final Topic NONE = new Topic(new byte[0], 0);

    private static final byte[] SYS = "$SYS/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHARE = "$share/".getBytes(StandardCharsets.US_ASCII);

    private final byte[] name;
    private final int hash;
    private final int[] levelEnds;
    private final int[] levelHashes;
    private @Nullable String text;
    private Matches matches = Matches.NONE;
    private long generation = -1;

    Topic(byte[] name, int hash) {
        this.name = name;
        this.hash = hash;
        int levels = 1;
        for (byte b : name) {
            if (b == '/') {
                levels++;
            }
        }
        levelEnds = new int[levels];
        levelHashes = new int[levels];
        int level = 0;
        int start = 0;
        for (int i = 0; i <= name.length; i++) {
            if (i == name.length || name[i] == '/') {
                levelEnds[level] = i;
                levelHashes[level] = Levels.hash(name, start, i);
                level++;
                start = i + 1;
            }
        }
    }

    /** {@return a topic that no loop remembers, for what is published rarely} */
    public static Topic of(byte[] name) {
        return new Topic(name, Levels.hash(Unpooled.wrappedBuffer(name), 0, name.length));
    }

    /** {@return whether a topic belongs to the broker: clients do not publish there} */
    public static boolean isReserved(byte[] name) {
        return name.length > 0 && name[0] == '$' && (startsWith(name, SYS) || startsWith(name, SHARE));
    }

    private static boolean startsWith(byte[] name, byte[] prefix) {
        return name.length >= prefix.length && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** {@return the name in UTF-8; not to be changed} */
    public byte[] name() {
        return name;
    }

    /** {@return the name as text, decoded once} */
    public String text() {
        String known = text;
        if (known == null) {
            known = new String(name, StandardCharsets.UTF_8);
            text = known;
        }
        return known;
    }

    /** {@return the same number for the same name, on every loop} */
    int hash() {
        return hash;
    }

    int levels() {
        return levelEnds.length;
    }

    int levelStart(int level) {
        return level == 0 ? 0 : levelEnds[level - 1] + 1;
    }

    int levelEnd(int level) {
        return levelEnds[level];
    }

    int levelHash(int level) {
        return levelHashes[level];
    }

    /** {@return whether the name starts with $, so that no leading wildcard matches it} */
    boolean isDollar() {
        return name.length > 0 && name[0] == '$'; // [MQTT-4.7.2-1]
    }

    Matches matches(SubscriptionTree tree) {
        long now = tree.generation();
        if (generation != now) {
            matches = tree.match(this);
            generation = now; // read before matching, so the match is at least this new
        }
        return matches;
    }

    @Override
    public String toString() {
        return text();
    }
}
