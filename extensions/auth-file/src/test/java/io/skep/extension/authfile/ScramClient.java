// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's side of SCRAM-SHA-256. */
final class ScramClient {

    private static final Pattern SERVER_FIRST = Pattern.compile("r=([^,]+),s=([^,]+),i=(\\d+)");

    private final String password;
    private final String bare;
    private byte[] expected = {};

    ScramClient(String user, String password, String nonce) {
        this.password = password;
        this.bare = "n=" + user + ",r=" + nonce;
    }

    byte[] first() {
        return ("n,," + bare).getBytes(UTF_8);
    }

    byte[] last(byte[] serverFirst) {
        String asked = new String(serverFirst, UTF_8);
        Matcher parts = SERVER_FIRST.matcher(asked);
        assertThat(parts.matches()).as(asked).isTrue();
        byte[] salt = Base64.getDecoder().decode(parts.group(2));
        byte[] salted = salted(password, salt, Integer.parseInt(parts.group(3)));
        String withoutProof = "c=biws,r=" + parts.group(1);
        String authMessage = bare + "," + asked + "," + withoutProof;
        byte[] proof = hmac(salted, "Client Key");
        byte[] signature = hmac(sha256(proof), authMessage);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= signature[i];
        }
        expected = hmac(hmac(salted, "Server Key"), authMessage);
        return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(UTF_8);
    }

    /** {@return whether the server knows the password too} */
    boolean trusts(byte[] serverFinal) {
        return new String(serverFinal, UTF_8).equals("v=" + Base64.getEncoder().encodeToString(expected));
    }

    /** {@return what a server keeps of a password} */
    static String verifier(String password, byte[] salt, int iterations) {
        byte[] salted = salted(password, salt, iterations);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$scram-sha-256$i=" + iterations + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(sha256(hmac(salted, "Client Key"))) + "$"
                + base64.encodeToString(hmac(salted, "Server Key"));
    }

    private static byte[] salted(String password, byte[] salt, int iterations) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
