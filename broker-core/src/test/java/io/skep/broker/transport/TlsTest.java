// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static io.skep.broker.transport.EchoBroker.echo;
import static io.skep.broker.transport.EchoBroker.listener;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.ListenerConfig.ClientCertificate;
import io.skep.broker.config.ListenerConfig.Tls;
import io.skep.broker.metrics.Metric;
import io.skep.sdk.ConnectionFacts;
import java.io.IOException;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OutputEncryptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {

    private static final String AES_256_CBC = "2.16.840.1.101.3.4.1.42"; // what openssl writes today
    private static final String SHA1_3DES = "1.2.840.113549.1.12.1.3"; // what it wrote long ago

    @TempDir
    Path directory;

    private Certificates certificates;

    @BeforeEach
    void makeAuthority() throws Exception {
        certificates = new Certificates(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bytesGoBothWaysWithPemFiles(String version) throws Exception {
        try (EchoBroker broker = startPem(ClientCertificate.NONE);
                SSLSocket client = certificates.connect(broker.port(), null)) {
            client.setEnabledProtocols(new String[] {version});

            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(client.getSession().getProtocol()).isEqualTo(version);
            EchoBroker.Seen seen = broker.nextSeen();
            assertThat(seen.certificates()).isEmpty();
            assertThat(seen.facts())
                    .isEqualTo(new ConnectionFacts(
                            "tls",
                            new ConnectionFacts.Tls(version, client.getSession().getCipherSuite()),
                            null));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ecp256", "rsa2048", "ed25519"})
    void everyUsualKindOfKeyIsRead(Algorithm algorithm) throws Exception {
        X509Bundle server = new CertificateBuilder()
                .algorithm(algorithm)
                .subject("CN=server")
                .buildIssuedBy(certificates.authority);
        try (EchoBroker broker = start(certificates.pem(server, ClientCertificate.NONE));
                SSLSocket client = certificates.connect(broker.port(), null)) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void bytesGoBothWaysWithAPkcs12Store() throws Exception {
        try (EchoBroker broker = start(certificates.keystore(certificates.server("store")));
                SSLSocket client = certificates.connect(broker.port(), null)) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(serverName(client)).isEqualTo("CN=store");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {AES_256_CBC, SHA1_3DES})
    void anEncryptedPemKeyIsReadWithItsPassword(String cipher) throws Exception {
        X509Bundle server = certificates.server("sealed");
        Tls plain = certificates.pem(server, ClientCertificate.NONE);
        certificates.file("server.key", encrypted(server, cipher));

        assertThatThrownBy(() -> start(plain))
                .hasMessageContaining("listeners[test].tls.key: " + directory.resolve("server.key"))
                .hasMessageContaining("there is no password");
        assertThatThrownBy(() -> start(withPassword(plain, "wrong")))
                .hasMessageContaining("listeners[test].tls.key: ")
                .hasMessageContaining("and its password if it has one");
        try (EchoBroker broker = start(withPassword(plain, "secret"));
                SSLSocket client = certificates.connect(broker.port(), null)) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPTIONAL", "REQUIRED"})
    void aTrustedClientCertificateIsKnownToTheConnection(ClientCertificate asked) throws Exception {
        X509Bundle client = certificates.client("alice");
        try (EchoBroker broker = startPem(asked);
                SSLSocket socket = certificates.connect(broker.port(), client)) {
            assertThat(echo(socket, "hello")).isEqualTo("hello");

            assertThat(broker.nextSeen().certificates()).first().isEqualTo(client.getCertificate());
        }
    }

    @Test
    void anOptionalClientCertificateMayBeMissing() throws Exception {
        try (EchoBroker broker = startPem(ClientCertificate.OPTIONAL);
                SSLSocket client = certificates.connect(broker.port(), null)) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(broker.nextSeen().certificates()).isEmpty();
        }
    }

    @Test
    void withoutARequiredClientCertificateThereIsNoConnection() throws Exception {
        try (EchoBroker broker = startPem(ClientCertificate.REQUIRED)) {
            assertRefused(broker, null);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPTIONAL", "REQUIRED"})
    void anUntrustedClientCertificateIsRefused(ClientCertificate asked) throws Exception {
        try (EchoBroker broker = startPem(asked)) {
            assertRefused(broker, Certificates.stranger());
        }
    }

    @Test
    void clientsAreTrustedByAPkcs12StoreToo() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", certificates.authority.getCertificate());
        Path trust = certificates.pkcs12("trust.p12", store);
        Tls pem = certificates.pem(certificates.server("server"), ClientCertificate.NONE);
        Tls tls = new Tls(pem.certificate(), pem.key(), null, null, ClientCertificate.REQUIRED, trust, "secret");

        try (EchoBroker broker = start(tls);
                SSLSocket client = certificates.connect(broker.port(), certificates.client("alice"))) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(broker.nextSeen().certificates()).hasSize(1);
        }
    }

    @Test
    void whoDoesNotSpeakTlsIsClosedAndCounted() throws Exception {
        try (EchoBroker broker = startPem(ClientCertificate.NONE);
                Socket client = broker.connect()) {
            client.getOutputStream().write(new byte[] {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0});

            broker.await(Metric.CLOSED_OTHER, 1);
            assertThat(broker.nothingSeen()).isTrue();
        }
    }

    @Test
    void aNewCertificateIsUsedWithoutARestartAndOpenConnectionsStay() throws Exception {
        try (EchoBroker broker = startPem(ClientCertificate.NONE);
                SSLSocket before = certificates.connect(broker.port(), null)) {
            assertThat(echo(before, "hello")).isEqualTo("hello");
            assertThat(serverName(before)).isEqualTo("CN=server");

            certificates.pem(certificates.server("renewed"), ClientCertificate.NONE);

            awaitServerName(broker, "CN=renewed");
            assertThat(echo(before, "still here")).isEqualTo("still here");
        }
    }

    @Test
    void aBrokenNewCertificateLeavesTheFormerOneInUseUntilItIsRepaired() throws Exception {
        X509Bundle renewed = certificates.server("renewed");
        try (EchoBroker broker = startPem(ClientCertificate.NONE)) {
            certificates.file("server.pem", renewed.getCertificatePathPEM()); // with the key of another: half renewed
            long lookedAt = System.nanoTime();
            while (System.nanoTime() - lookedAt < 1_500_000_000L) {
                assertThat(currentServerName(broker)).isEqualTo("CN=server");
            }
            certificates.file("server.key", renewed.getPrivateKeyPEM());
            awaitServerName(broker, "CN=renewed");
        }
    }

    @Test
    void whatIsWrongWithAFileIsSaidWithItsKeyAndPath() throws Exception {
        Tls good = certificates.pem(certificates.server("server"), ClientCertificate.NONE);
        Path missing = directory.resolve("missing");
        Path empty = certificates.file("empty", "");
        Path other = certificates.file("other.key", Certificates.stranger().getPrivateKeyPEM());
        Path old =
                certificates.file("old.key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");

        assertWrong(pem(missing, good.key()), "tls.certificate: " + missing, "a readable PEM file");
        assertWrong(pem(empty, good.key()), "tls.certificate: " + empty, "a readable PEM file");
        assertWrong(pem(good.certificate(), missing), "tls.key: " + missing, "a readable PEM file with a PKCS8 key");
        assertWrong(pem(good.certificate(), empty), "tls.key: " + empty, "a readable PEM file with a PKCS8 key");
        assertWrong(pem(good.certificate(), old), "tls.key: " + old, "openssl pkcs8 -topk8");
        assertWrong(pem(good.certificate(), other), "tls.key: " + other, "the key of the certificate CN=server");
        assertWrong(store(empty, "secret"), "tls.keystore: " + empty, "a readable PKCS12 file, and its password");
        Path store = certificates.pkcs12("server.p12", certificates.server("x").toKeyStore(Certificates.PASSWORD));
        assertWrong(store(store, "wrong"), "tls.keystore: " + store, "a readable PKCS12 file, and its password");
    }

    @Test
    void theAuthoritiesThatSignClientCertificatesMustBeReadable() throws Exception {
        Tls good = certificates.pem(certificates.server("server"), ClientCertificate.NONE);
        Path empty = certificates.file("empty", "");
        Tls bad = new Tls(good.certificate(), good.key(), null, null, ClientCertificate.REQUIRED, empty, null);

        assertWrong(bad, "listeners[test].tls.trust: " + empty, "a readable PEM or PKCS12 file");
    }

    private EchoBroker startPem(ClientCertificate asked) throws Exception {
        return start(certificates.pem(certificates.server("server"), asked));
    }

    private static EchoBroker start(@Nullable Tls tls) throws IOException {
        return EchoBroker.start(listener(ListenerConfig.Type.TLS, tls, false));
    }

    private void assertRefused(EchoBroker broker, @Nullable X509Bundle client) throws Exception {
        try (SSLSocket socket = certificates.connect(broker.port(), client)) {
            assertThatThrownBy(() -> echo(socket, "hello")).isInstanceOf(IOException.class);
        }
        broker.await(Metric.CLOSED_OTHER, 1);
        assertThat(broker.nothingSeen()).isTrue();
    }

    private static void assertWrong(@Nullable Tls tls, String what, String expected) {
        assertThatThrownBy(() -> start(tls))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(what)
                .hasMessageContaining(expected);
    }

    private void awaitServerName(EchoBroker broker, String name) throws Exception {
        long deadline = System.nanoTime() + EchoBroker.SOON.toNanos();
        while (!currentServerName(broker).equals(name)) {
            assertThat(System.nanoTime()).as("deadline for %s", name).isLessThan(deadline);
        }
    }

    private String currentServerName(EchoBroker broker) throws Exception {
        try (SSLSocket client = certificates.connect(broker.port(), null)) {
            assertThat(echo(client, "x")).isEqualTo("x");
            return serverName(client);
        }
    }

    private static String serverName(SSLSocket client) throws IOException {
        X509Certificate certificate = (X509Certificate) client.getSession().getPeerCertificates()[0];
        return certificate.getSubjectX500Principal().getName();
    }

    private static Tls pem(@Nullable Path certificate, @Nullable Path key) {
        return new Tls(certificate, key, null, null, ClientCertificate.NONE, null, null);
    }

    private static Tls store(Path path, String password) {
        return new Tls(null, null, path, password, ClientCertificate.NONE, null, null);
    }

    private static Tls withPassword(Tls tls, String password) {
        return new Tls(tls.certificate(), tls.key(), null, password, ClientCertificate.NONE, null, null);
    }

    private static String encrypted(X509Bundle bundle, String cipher) throws Exception {
        OutputEncryptor encryptor = new JceOpenSSLPKCS8EncryptorBuilder(new ASN1ObjectIdentifier(cipher))
                .setProvider(new BouncyCastleProvider())
                .setPRF(PKCS8Generator.PRF_HMACSHA256)
                .setPassword(Certificates.PASSWORD)
                .build();
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(new JcaPKCS8Generator(bundle.getKeyPair().getPrivate(), encryptor));
        }
        return text.toString();
    }
}
