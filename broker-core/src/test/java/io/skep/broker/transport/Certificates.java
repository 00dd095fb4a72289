// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.skep.broker.config.ListenerConfig.ClientCertificate;
import io.skep.broker.config.ListenerConfig.Tls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Keys and certificates, made anew for each test in its directory. */
final class Certificates {

    static final char[] PASSWORD = "secret".toCharArray();

    final Path directory;
    final X509Bundle authority;

    Certificates(Path directory) throws Exception {
        this.directory = directory;
        this.authority = new CertificateBuilder()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    X509Bundle server(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
    }

    X509Bundle client(String name) throws Exception {
        return new CertificateBuilder().subject("CN=" + name).buildIssuedBy(authority);
    }

    static X509Bundle stranger() throws Exception {
        return new CertificateBuilder()
                .subject("CN=stranger")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    Path pkcs12(String name, KeyStore store) throws Exception {
        Path path = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, PASSWORD);
        }
        return path;
    }

    /** Writes {@code server.pem} and {@code server.key}, and {@code authority.pem} to trust clients. */
    Tls pem(X509Bundle server, ClientCertificate asked) throws IOException {
        return new Tls(
                file("server.pem", server.getCertificatePathPEM()),
                file("server.key", server.getPrivateKeyPEM()),
                null,
                null,
                asked,
                asked == ClientCertificate.NONE ? null : file("authority.pem", authority.getCertificatePEM()),
                null);
    }

    Tls keystore(X509Bundle server) throws Exception {
        Path store = pkcs12("server.p12", server.toKeyStore(PASSWORD));
        return new Tls(null, null, store, new String(PASSWORD), ClientCertificate.NONE, null, null);
    }

    /** {@return TLS of a client that trusts the authority and shows its certificate whoever is asked for} */
    SSLContext clientContext(@Nullable X509Bundle client) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = client == null ? new KeyManager[0] : new KeyManager[] {new OneKey(client)};
        context.init(keys, new TrustManager[] {authority.toTrustManager()}, null);
        return context;
    }

    SSLSocket connect(int port, @Nullable X509Bundle client) throws Exception {
        return wrap(EchoBroker.connect(port), client);
    }

    SSLSocket wrap(Socket socket, @Nullable X509Bundle client) throws Exception {
        return (SSLSocket)
                clientContext(client).getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
    }

    /** Unlike Java's own, shows the certificate also to a server that does not trust it. */
    private static final class OneKey extends X509ExtendedKeyManager {

        private static final String ALIAS = "one";

        private final X509Bundle bundle;

        OneKey(X509Bundle bundle) {
            this.bundle = bundle;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return bundle.getCertificatePath();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return bundle.getKeyPair().getPrivate();
        }
    }
}
