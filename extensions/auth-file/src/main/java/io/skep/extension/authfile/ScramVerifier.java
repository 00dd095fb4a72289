// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server knows of a password in SCRAM-SHA-256 (RFC 5802, RFC 7677):
 * {@code $scram-sha-256$i=<iterations>$<salt>$<stored key>$<server key>}, all in base64 without padding, 16, 32 and 32
 * bytes long. Nobody can log in with it.
 */
final class ScramVerifier {

    static final int ITERATIONS_DEFAULT = 15_000;

    private static final int ITERATIONS_MAX = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final String ALGORITHM = "HmacSHA256";
    private static final Pattern FORM = Pattern.compile(
            "\\$scram-sha-256\\$i=(\\d{1,8})\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})\\$([A-Za-z0-9+/]{43})");

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /**
     * {@return the verifier that a text stands for}
     *
     * @throws IllegalArgumentException if it is not of the form; the text is not repeated
     */
    static ScramVerifier parse(String text) {
        Matcher form = FORM.matcher(text);
        int iterations = form.matches() ? Integer.parseInt(form.group(1)) : 0;
        if (iterations < 1 || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException(
                    "scram: not a verifier (expected: $scram-sha-256$i=..., made with skep passwd --scram)");
        }
        Base64.Decoder base64 = Base64.getDecoder();
        return new ScramVerifier(
                iterations, base64.decode(form.group(2)), base64.decode(form.group(3)), base64.decode(form.group(4)));
    }

    /** {@return what an unknown user seems to have: always the same salt, and no password} */
    static ScramVerifier decoy(byte[] secret, String userName, int iterations) {
        byte[] salt = Arrays.copyOf(hmac(secret, "salt " + userName), SALT_BYTES);
        return new ScramVerifier(iterations, salt, hmac(secret, "stored " + userName), secret);
    }

    /** {@return whether a proof was made by who knows the password; takes the same time if it was not} */
    boolean proves(byte[] proof, String authMessage) {
        byte[] clientKey = hmac(storedKey, authMessage);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= proof[i];
        }
        return MessageDigest.isEqual(storedKey, sha256(clientKey));
    }

    /** {@return what tells the client that this server knows the password too} */
    byte[] signature(String authMessage) {
        return hmac(serverKey, authMessage);
    }

    int iterations() {
        return iterations;
    }

    byte[] salt() {
        return salt;
    }

    /** {@return the text that {@link #parse} understands} */
    @Override
    public String toString() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$scram-sha-256$i=" + iterations + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(storedKey) + "$" + base64.encodeToString(serverKey);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
