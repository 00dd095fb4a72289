// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Passwords that were right a short while ago, so that clients who reconnect all at once are not hashed all again. It
 * keeps digests under a key that never leaves it; a changed hash is another entry. Two generations bound it: when the
 * younger is full, the older is forgotten. Thread-safe.
 */
final class RecentLogins {

    private static final String ALGORITHM = "HmacSHA256";

    private final int generationMax;
    private final SecretKeySpec key;
    private volatile Set<ByteBuffer> young = ConcurrentHashMap.newKeySet();
    private volatile Set<ByteBuffer> old = Set.of();

    RecentLogins(int entriesMax) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.generationMax = entriesMax / 2;
        this.key = new SecretKeySpec(random, ALGORITHM);
    }

    boolean contains(PasswordHash hash, byte[] password) {
        ByteBuffer digest = digest(hash, password);
        if (young.contains(digest)) {
            return true;
        }
        if (!old.contains(digest)) {
            return false;
        }
        add(digest);
        return true;
    }

    void add(PasswordHash hash, byte[] password) {
        add(digest(hash, password));
    }

    private void add(ByteBuffer digest) {
        if (young.size() >= generationMax) {
            old = young;
            young = ConcurrentHashMap.newKeySet();
        }
        young.add(digest);
    }

    private ByteBuffer digest(PasswordHash hash, byte[] password) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(hash.toString().getBytes(StandardCharsets.US_ASCII)); // its salt stands for the user
            return ByteBuffer.wrap(mac.doFinal(password));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
