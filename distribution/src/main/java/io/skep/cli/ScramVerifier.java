// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Passwords for SCRAM-SHA-256 (RFC 5802, RFC 7677) as the extension auth-file keeps them:
 * {@code $scram-sha-256$i=<iterations>$<salt>$<stored key>$<server key>}, salt (16 bytes) and keys (32 bytes each) in
 * base64 without padding.
 */
final class ScramVerifier {

    /** Each login costs its client so many, and it may be a small device; RFC 7677 advises no fewer. */
    static final int ITERATIONS = 15_000;

    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final Pattern OTHER_SPACES = Pattern.compile("\\p{Zs}");
    private static final Pattern NOTHING =
            Pattern.compile("[\\u00AD\\u034F\\u1806\\u180B-\\u180D\\u200B-\\u200D\\u2060\\uFE00-\\uFE0F\\uFEFF]");
    private static final Pattern PROHIBITED = Pattern.compile("[\\p{Cc}\\p{Co}\\p{Cs}\\p{Cn}]");

    private ScramVerifier() {}

    /**
     * {@return a verifier with a new salt}
     *
     * @throws IllegalArgumentException if clients cannot have this password
     */
    static String of(char[] password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return of(password, iterations, salt);
    }

    static String of(char[] password, int iterations, byte[] salt) {
        var key = new PBEKeySpec(prepare(new String(password)).toCharArray(), salt, iterations, KEY_BYTES * Byte.SIZE);
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
            byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
            var base64 = Base64.getEncoder().withoutPadding();
            return "$scram-sha-256$i=" + iterations + "$" + base64.encodeToString(salt) + "$"
                    + base64.encodeToString(storedKey) + "$" + base64.encodeToString(hmac(salted, "Server Key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256: missing (expected: every JDK has it)", e);
        } finally {
            key.clearPassword();
        }
    }

    /**
     * SASLprep (RFC 4013) but for its rules about the direction of writing, so that all clients mean the same bytes.
     */
    static String prepare(String password) {
        String mapped = NOTHING.matcher(password).replaceAll("");
        mapped = OTHER_SPACES.matcher(mapped).replaceAll(" ");
        String prepared = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        if (prepared.isEmpty() || PROHIBITED.matcher(prepared).find()) {
            throw new IllegalArgumentException("password: (expected: characters without control characters)");
        }
        return prepared;
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    }
}
