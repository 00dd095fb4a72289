// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** Keys and certificates in files, made with {@code openssl} as an operator would. */
final class Certificates {

    static final String PASSWORD = "changeit";

    private final Path folder;

    /** Makes an authority, and a server and a client that it has signed. */
    Certificates(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem");
        sign("server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        sign("client", "extendedKeyUsage=clientAuth");
    }

    private void sign(String name, String extension) throws Exception {
        Files.writeString(folder.resolve(name + ".ext"), extension);
        openssl("req -newkey rsa:2048 -nodes -subj /CN=NAME -keyout NAME.key -out NAME.csr".replace("NAME", name));
        openssl(
                "x509 -req -days 2 -in NAME.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile NAME.ext -out NAME.pem"
                        .replace("NAME", name));
        openssl("pkcs12 -export -in NAME.pem -inkey NAME.key -certfile ca.pem -passout pass:PASSWORD -out NAME.p12"
                .replace("NAME", name)
                .replace("PASSWORD", PASSWORD));
    }

    private void openssl(String arguments) throws Exception {
        try (Program openssl = Program.tool("openssl", "openssl", folder, List.of(arguments.split(" ")))) {
            assertThat(openssl.exitCode()).as("%s", openssl.output()).isZero();
        }
    }

    /** {@return the path of a file: {@code ca.pem}, or {@code .pem}, {@code .key}, {@code .p12} of server or client} */
    String file(String name) {
        return folder.resolve(name).toString();
    }

    /** {@return trust in the authority} */
    TrustManagerFactory trust() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve("ca.pem"))) {
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory;
    }

    /** {@return the key of the client} */
    KeyManagerFactory clientKey() throws Exception {
        KeyStore store = KeyStore.getInstance(folder.resolve("client.p12").toFile(), PASSWORD.toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        return factory;
    }
}
