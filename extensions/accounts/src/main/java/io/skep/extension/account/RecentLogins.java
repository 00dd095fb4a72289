// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What was answered to passwords a short while ago, so that clients who reconnect all at once are not checked all
 * again. It keeps digests under a key that never leaves it. Two generations bound it: when the younger is full, the
 * older is forgotten. Thread-safe.
 *
 * @param <V> the answer
 */
public final class RecentLogins<V> {

    private static final String ALGORITHM = "HmacSHA256";

    private final int generationMax;
    private final long nanosMax;
    private final SecretKeySpec key;
    private volatile Map<ByteBuffer, Entry<V>> young = new ConcurrentHashMap<>();
    private volatile Map<ByteBuffer, Entry<V>> old = Map.of();

    private record Entry<V>(V answer, long sinceNanos) {}

    /**
     * Remembers nothing yet.
     *
     * @param entriesMax at most as many
     * @param time for how long an answer holds, however often it is asked for
     */
    public RecentLogins(int entriesMax, Duration time) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.generationMax = entriesMax / 2;
        this.nanosMax = time.toNanos();
        this.key = new SecretKeySpec(random, ALGORITHM);
    }

    /**
     * {@return the answer, null if it is not known or not any more}
     *
     * @param password was shown
     * @param who all else that the answer depends on
     */
    public @Nullable V get(byte[] password, String... who) {
        ByteBuffer digest = digest(password, who);
        Entry<V> entry = young.get(digest);
        if (entry == null) {
            entry = old.get(digest);
            if (entry != null) {
                put(digest, entry);
            }
        }
        return entry == null || System.nanoTime() - entry.sinceNanos() >= nanosMax ? null : entry.answer();
    }

    /**
     * Remembers an answer.
     *
     * @param answer is given again
     * @param password was shown
     * @param who all else that the answer depends on
     */
    public void put(V answer, byte[] password, String... who) {
        put(digest(password, who), new Entry<>(answer, System.nanoTime()));
    }

    private void put(ByteBuffer digest, Entry<V> entry) {
        if (young.size() >= generationMax) {
            old = young;
            young = new ConcurrentHashMap<>();
        }
        young.put(digest, entry);
    }

    private ByteBuffer digest(byte[] password, String... who) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (String part : who) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(0, bytes.length)); // so that parts do not run together
                mac.update(bytes);
            }
            return ByteBuffer.wrap(mac.doFinal(password));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
