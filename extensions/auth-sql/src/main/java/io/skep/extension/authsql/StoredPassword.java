// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.skep.extension.account.PasswordHash;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hashed password in one of the forms that databases keep. */
@FunctionalInterface
interface StoredPassword {

    Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(0[4-9]|1\\d)\\$[./A-Za-z0-9]{53}");
    Pattern SHA = Pattern.compile("\\$sha(256|512)\\$((?:\\p{XDigit}{2})+)\\$((?:\\p{XDigit}{2})+)");

    /** {@return whether a password, in UTF-8, is the one that was hashed; takes the same time if it is not} */
    boolean matches(byte[] password);

    /**
     * {@return the password that a text stands for}
     *
     * @throws IllegalArgumentException if it is of no known form; the text is not repeated
     */
    static StoredPassword parse(String text) {
        Matcher sha = SHA.matcher(text);
        if (sha.matches()) {
            return salted("SHA-" + sha.group(1), sha.group(2), sha.group(3));
        }
        if (BCRYPT.matcher(text).matches()) {
            return bcrypt(text.getBytes(StandardCharsets.US_ASCII));
        }
        try {
            return PasswordHash.parse(text)::matches;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "password: not a hash (expected: $pbkdf2-sha512$..., made with skep passwd, or bcrypt, $2b$...,"
                            + " or $sha256$ or $sha512$ with salt and hash in hexadecimal)",
                    e);
        }
    }

    /** Of a long password the first 72 bytes count, as everywhere with bcrypt. */
    private static StoredPassword bcrypt(byte[] hash) {
        return password -> BCrypt.verifyer(null, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
                .verify(password, hash)
                .verified;
    }

    private static StoredPassword salted(String algorithm, String salt, String hash) {
        byte[] expected = HexFormat.of().parseHex(hash);
        byte[] before = HexFormat.of().parseHex(salt);
        return password -> {
            try {
                MessageDigest digest = MessageDigest.getInstance(algorithm);
                digest.update(before);
                return MessageDigest.isEqual(expected, digest.digest(password));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e); // every JDK has it
            }
        };
    }
}
