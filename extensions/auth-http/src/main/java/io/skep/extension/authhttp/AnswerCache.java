// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.sdk.auth.Decision;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Answers that hold for a while. Their questions, with passwords in them, are not kept, only digests under a key that
 * never leaves the process. Two generations bound it: when the younger is full, the older is forgotten. Thread-safe.
 */
final class AnswerCache {

    private static final String ALGORITHM = "HmacSHA256";

    /** What a decision takes in memory, about: for itself, and for each byte of its answer. */
    private static final int ENTRY_BYTES = 300;

    private static final int FACTOR = 12;

    private final long timeMaxNanos;
    private final long generationBytesMax;
    private final LongSupplier nanoClock;
    private final SecretKeySpec secret;
    private final ReentrantLock lock = new ReentrantLock();
    private long youngBytes; // guarded by the lock
    private volatile Map<ByteBuffer, Entry> young = new ConcurrentHashMap<>();
    private volatile Map<ByteBuffer, Entry> old = Map.of();

    private record Entry(Decision decision, long endNanos) {}

    AnswerCache(CacheConfig config, LongSupplier nanoClock) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.timeMaxNanos = config.timeMax().toNanos();
        this.generationBytesMax = config.bytesMax() / 2;
        this.nanoClock = nanoClock;
        this.secret = new SecretKeySpec(random, ALGORITHM);
    }

    /** {@return whether nothing was ever put in, so that no question needs a key} */
    boolean isEmpty() {
        return old.isEmpty() && young.isEmpty();
    }

    /** {@return what stands for a question to a place} */
    ByteBuffer key(String place, byte[] question) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(place.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return ByteBuffer.wrap(mac.doFinal(question));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    @Nullable Decision get(ByteBuffer key) {
        Entry entry = young.get(key);
        if (entry == null) {
            entry = old.get(key);
        }
        return entry != null && entry.endNanos() - nanoClock.getAsLong() > 0 ? entry.decision() : null;
    }

    /**
     * Remembers an answer.
     *
     * @param cacheFor as long as the server says
     * @param answerBytes how long the answer was
     */
    void put(ByteBuffer key, Decision decision, Duration cacheFor, int answerBytes) {
        long nanos = Math.min(cacheFor.toNanos(), timeMaxNanos);
        long bytes = ENTRY_BYTES + (long) FACTOR * answerBytes;
        if (nanos <= 0 || bytes > generationBytesMax) {
            return;
        }
        lock.lock();
        try {
            if (youngBytes + bytes > generationBytesMax) {
                old = young;
                young = new ConcurrentHashMap<>();
                youngBytes = 0;
            }
            if (young.put(key, new Entry(decision, nanoClock.getAsLong() + nanos)) == null) {
                youngBytes += bytes;
            }
        } finally {
            lock.unlock();
        }
    }
}
