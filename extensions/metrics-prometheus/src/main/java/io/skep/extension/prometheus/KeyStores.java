// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The key of the server. */
final class KeyStores {

    private KeyStores() {}

    /**
     * {@return TLS with the key of a file}
     *
     * @throws IllegalArgumentException if there is none
     */
    static SSLContext context(Path file, TlsConfig config) {
        char[] password = config.password().toCharArray();
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "tls.key-store: " + file + " (expected: a PKCS12 file with a key, and its password): " + e, e);
        }
    }
}
