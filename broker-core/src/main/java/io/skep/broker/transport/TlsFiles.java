// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.ListenerConfig.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a listener's TLS is made of. Whatever is wrong with them is an {@link IOException} that names the
 * config key, the file and what is expected.
 */
final class TlsFiles {

    private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

    private record Identity(PrivateKey key, List<X509Certificate> chain) {}

    private final String prefix;
    private final Tls config;

    /** Of a listener with TLS, whose record has checked that the settings fit together. */
    TlsFiles(ListenerConfig listener) {
        prefix = "listeners[" + listener.name() + "].tls";
        config = Objects.requireNonNull(listener.tls(), prefix);
    }

    List<Path> paths() {
        return Stream.of(config.certificate(), config.key(), config.keystore(), config.trust())
                .filter(Objects::nonNull)
                .toList();
    }

    SslContext read() throws IOException {
        Identity identity = config.keystore() != null ? fromKeystore(config.keystore()) : fromPem();
        checkPair(identity);
        SslContextBuilder builder = SslContextBuilder.forServer(
                        identity.key, identity.chain.toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .clientAuth(
                        switch (config.clientCertificate()) {
                            case NONE -> ClientAuth.NONE;
                            case OPTIONAL -> ClientAuth.OPTIONAL;
                            case REQUIRED -> ClientAuth.REQUIRE;
                        });
        if (config.trust() != null) {
            builder.trustManager(trusted(config.trust()).toArray(X509Certificate[]::new));
        }
        return builder.build();
    }

    private Identity fromPem() throws IOException {
        Path certificate = Objects.requireNonNull(config.certificate(), "certificate");
        Path key = Objects.requireNonNull(config.key(), "key");
        List<X509Certificate> chain;
        try {
            chain = Pem.certificates(certificate);
        } catch (IOException | GeneralSecurityException e) {
            throw wrong("certificate", certificate, "a readable PEM file with the certificate chain", e);
        }
        try {
            return new Identity(Pem.privateKey(key, config.password()), chain);
        } catch (IOException | GeneralSecurityException e) {
            throw wrong("key", key, "a readable PEM file with a PKCS8 key, and its password if it has one", e);
        }
    }

    private Identity fromKeystore(Path path) throws IOException {
        try {
            char[] password = password(config.password());
            KeyStore store = keystore(path, password);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getKey(alias, password) instanceof PrivateKey key) {
                    List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(alias))
                            .map(X509Certificate.class::cast)
                            .toList();
                    return new Identity(key, chain);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw wrong("keystore", path, "a readable PKCS12 file, and its password", e);
        }
        throw wrong("keystore", path, "a private key and its certificate in it");
    }

    private List<X509Certificate> trusted(Path path) throws IOException {
        List<X509Certificate> trusted = new ArrayList<>();
        try {
            if (Pem.isPem(path)) {
                trusted.addAll(Pem.certificates(path));
            } else {
                KeyStore store = keystore(path, password(config.trustPassword()));
                for (String alias : Collections.list(store.aliases())) {
                    if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                        trusted.add(certificate);
                    }
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw wrong("trust", path, "a readable PEM or PKCS12 file, and the trust-password of the latter", e);
        }
        if (trusted.isEmpty()) {
            throw wrong("trust", path, "at least one trusted certificate in it");
        }
        return trusted;
    }

    /** A key of another certificate would fail every handshake; a pair half-way through its renewal is one. */
    private void checkPair(Identity identity) throws IOException {
        X509Certificate certificate = identity.chain.get(0);
        @Nullable String algorithm = switch (identity.key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> null;
        };
        if (algorithm == null) {
            return; // an exotic key is left to the handshake
        }
        try {
            byte[] content = certificate.getEncoded(); // anything would do
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(identity.key);
            signature.update(content);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(content);
            if (!signature.verify(signed)) {
                throw new GeneralSecurityException("they do not belong together");
            }
        } catch (GeneralSecurityException e) {
            Path path = Objects.requireNonNullElse(config.key(), config.keystore());
            throw wrong("key", path, "the key of the certificate " + certificate.getSubjectX500Principal(), e);
        }
        if (certificate.getNotAfter().toInstant().isBefore(Instant.now())) {
            log.warn("{}: expired on {} (expected: a certificate that is valid)", prefix, certificate.getNotAfter());
        }
    }

    private static KeyStore keystore(Path path, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(path)) {
            store.load(in, password);
        }
        return store;
    }

    private static char[] password(@Nullable String password) {
        return password == null ? new char[0] : password.toCharArray();
    }

    private IOException wrong(String key, Object value, String expected) {
        return new IOException("%s.%s: %s (expected: %s)".formatted(prefix, key, value, expected));
    }

    private IOException wrong(String key, Path path, String expected, Exception cause) {
        return new IOException("%s.%s: %s: %s (expected: %s)".formatted(prefix, key, path, cause, expected), cause);
    }
}
