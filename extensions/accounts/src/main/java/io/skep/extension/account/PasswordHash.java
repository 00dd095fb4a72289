// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted and stretched password: {@code $pbkdf2-sha512$i=<iterations>$<salt>$<hash>}, both in base64 without padding,
 * 16 and 64 bytes long.
 */
public final class PasswordHash {

    /** Takes a processor some 100 ms. */
    public static final int ITERATIONS_DEFAULT = 210_000;

    private static final int ITERATIONS_MAX = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 64;
    private static final Pattern FORM =
            Pattern.compile("\\$pbkdf2-sha512\\$i=(\\d{1,8})\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{86})");

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /**
     * {@return the hash that a text stands for}
     *
     * @throws IllegalArgumentException if it is not of the form; the text is not repeated
     */
    public static PasswordHash parse(String text) {
        Matcher form = FORM.matcher(text);
        int iterations = form.matches() ? Integer.parseInt(form.group(1)) : 0;
        if (iterations < 1 || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException(
                    "password: not a hash (expected: $pbkdf2-sha512$i=..., made with skep passwd)");
        }
        Base64.Decoder base64 = Base64.getDecoder();
        return new PasswordHash(iterations, base64.decode(form.group(2)), base64.decode(form.group(3)));
    }

    /** {@return a hash of a password, with a new salt} */
    public static PasswordHash create(String password, int iterations) {
        byte[] salt = random(SALT_BYTES);
        return new PasswordHash(iterations, salt, stretch(password.toCharArray(), salt, iterations));
    }

    /** {@return what no password matches, found out in the time that a real hash takes} */
    public static PasswordHash ofNobody(int iterations) {
        return new PasswordHash(iterations, random(SALT_BYTES), random(HASH_BYTES));
    }

    /** {@return whether a password, in UTF-8, is the one that was hashed; takes the same time if it is not} */
    public boolean matches(byte[] password) {
        return MessageDigest.isEqual(hash, stretch(characters(password), salt, iterations));
    }

    /** {@return how often it was hashed} */
    public int iterations() {
        return iterations;
    }

    /** {@return the text that {@link #parse} understands} */
    @Override
    public String toString() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$pbkdf2-sha512$i=" + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    private static byte[] stretch(char[] password, byte[] salt, int iterations) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(new PBEKeySpec(password, salt, iterations, HASH_BYTES * Byte.SIZE))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** {@return a password as text; bytes that are none stand for a text that no password has} */
    private static char[] characters(byte[] password) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password));
            char[] characters = new char[text.remaining()];
            text.get(characters);
            return characters;
        } catch (CharacterCodingException e) {
            return new char[] {Character.MIN_SURROGATE};
        }
    }
}
