// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Passwords as the extension auth-file keeps them: {@code $pbkdf2-sha512$i=<iterations>$<salt>$<hash>}, salt (16 bytes)
 * and hash (64 bytes) in base64 without padding.
 */
final class PasswordHash {

    static final int ITERATIONS = 60_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 64;

    private PasswordHash() {}

    static String of(char[] password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return of(password, iterations, salt);
    }

    static String of(char[] password, int iterations, byte[] salt) {
        var base64 = Base64.getEncoder().withoutPadding();
        var key = new PBEKeySpec(password, salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(key)
                    .getEncoded();
            return "$pbkdf2-sha512$i=" + iterations + "$" + base64.encodeToString(salt) + "$"
                    + base64.encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2WithHmacSHA512: missing (expected: every JDK has it)", e);
        } finally {
            key.clearPassword();
        }
    }
}
