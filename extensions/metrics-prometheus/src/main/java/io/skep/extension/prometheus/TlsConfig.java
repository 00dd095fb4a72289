// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

/**
 * What makes it HTTPS.
 *
 * @param keyStore PKCS12 file with the key and the certificates of the server, relative to the folder of the
 *     configuration
 * @param password of that file and of its key
 */
public record TlsConfig(String keyStore, String password) {

    /** Checks that there are both. */
    public TlsConfig {
        Checks.present("key-store", keyStore, "a PKCS12 file");
        Checks.present("password", password, "that of the key store");
    }

    @Override
    public String toString() {
        return keyStore; // the password stays out of logs
    }
}
