// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the connection is secured. Files are PEM, relative to the folder of the configuration.
 *
 * @param trust the certificates that the program's is signed with; null for those that Java trusts
 * @param certificate shown to the program; null for none
 * @param privateKey of that certificate, PKCS#8
 */
public record TlsConfig(
        @Nullable String trust,
        @Nullable String certificate,
        @Nullable String privateKey) {

    /** Checks that a certificate has its key. */
    public TlsConfig {
        if ((certificate == null) != (privateKey == null)) {
            throw Checks.wrong(
                    certificate == null ? "certificate" : "private-key",
                    "none",
                    "certificate and private-key, or neither");
        }
    }

    ChannelCredentials credentials(Path folder) {
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
            if (trust != null) {
                builder.trustManager(folder.resolve(trust).toFile());
            }
            if (certificate != null && privateKey != null) {
                builder.keyManager(
                        folder.resolve(certificate).toFile(),
                        folder.resolve(privateKey).toFile());
            }
            return builder.build();
        } catch (IOException e) {
            throw new IllegalArgumentException("tls: files that cannot be read (expected: PEM files): " + e, e);
        }
    }
}
