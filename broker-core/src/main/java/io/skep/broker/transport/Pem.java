// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads PEM files. */
final class Pem {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]+)-----END [A-Z ]*PRIVATE KEY-----");
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    private Pem() {}

    static boolean isPem(Path path) throws IOException {
        return text(path).contains("-----BEGIN ");
    }

    /** {@return the certificates of a file, at least one} */
    static List<X509Certificate> certificates(Path path) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(path)) {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new CertificateException("no certificate in it");
            }
            return certificates;
        }
    }

    static PrivateKey privateKey(Path path, @Nullable String password) throws IOException, GeneralSecurityException {
        Matcher key = KEY.matcher(text(path));
        if (!key.find()) {
            throw new InvalidKeyException("no private key in it");
        }
        byte[] content = Base64.getMimeDecoder().decode(key.group(2));
        return switch (key.group(1)) {
            case "" -> parse(new PKCS8EncodedKeySpec(content));
            case "ENCRYPTED " -> parse(decrypt(new EncryptedPrivateKeyInfo(content), password));
            default ->
                throw new InvalidKeyException("a key of the form "
                        + key.group(1).strip() + " (to convert it: openssl pkcs8 -topk8 -nocrypt -in old -out new)");
        };
    }

    private static PKCS8EncodedKeySpec decrypt(EncryptedPrivateKeyInfo sealed, @Nullable String password)
            throws GeneralSecurityException {
        if (password == null) {
            throw new InvalidKeyException("the key is encrypted, and there is no password");
        }
        AlgorithmParameters parameters = sealed.getAlgParameters();
        // With PBES2 it is the parameters that tell the cipher; their text is its name in Java.
        String named = String.valueOf(parameters);
        String algorithm = named.startsWith("PBE") ? named : sealed.getAlgName();
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())),
                parameters);
        return sealed.getKeySpec(cipher);
    }

    /** The text around the key does not name its algorithm: the one that can read it is it. */
    private static PrivateKey parse(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        InvalidKeyException unknown = new InvalidKeyException("damaged, or none of the kinds " + KEY_ALGORITHMS);
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                unknown.addSuppressed(e);
            }
        }
        throw unknown;
    }

    private static String text(Path path) throws IOException {
        return Files.readString(path, StandardCharsets.ISO_8859_1); // any byte is a character: it may be no text at all
    }
}
