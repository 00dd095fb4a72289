// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whose certificates the servers may have. */
final class Trust {

    private Trust() {}

    /**
     * {@return what makes secure connections}
     *
     * @param file PEM or PKCS12; null for the authorities that the JDK trusts
     * @throws IllegalArgumentException if the file is not fit
     */
    static SSLSocketFactory sockets(@Nullable Path file, @Nullable String password) {
        try {
            TrustManagerFactory authorities =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            authorities.init(file == null ? null : authorities(file, password));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, authorities.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw Checks.wrong("trust", "'" + file + "'", "a PEM or PKCS12 file with certificates; " + e.getMessage());
        }
    }

    private static KeyStore authorities(Path file, @Nullable String password)
            throws GeneralSecurityException, IOException {
        if (!Files.readString(file, ISO_8859_1).contains("-----BEGIN ")) {
            return KeyStore.getInstance(file.toFile(), password == null ? new char[0] : password.toCharArray());
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream bytes = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(bytes);
            if (certificates.isEmpty()) {
                throw new GeneralSecurityException("there is none");
            }
            for (Certificate certificate : certificates) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        }
        return store;
    }
}
