// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One listening port.
 *
 * @param name in logs and events; unique
 * @param type the transport
 * @param address to bind; {@code 127.0.0.1} is all that is bound while no extension authenticates
 * @param port to bind; 0 for any free one
 * @param path of the WebSocket, for {@code ws} and {@code wss}
 * @param tls for {@code tls} and {@code wss}
 * @param proxyProtocol whether a PROXY protocol header (v1 or v2) must come first
 */
public record ListenerConfig(
        String name,
        Type type,
        String address,
        int port,
        String path,
        @Nullable Tls tls,
        boolean proxyProtocol) {

    /** The transports. */
    public enum Type {
        /** Plain TCP. */
        TCP(1883),
        /** TLS over TCP. */
        TLS(8883),
        /** WebSocket. */
        WS(8083),
        /** WebSocket over TLS. */
        WSS(8084);

        private final int defaultPort;

        Type(int defaultPort) {
            this.defaultPort = defaultPort;
        }

        /** {@return the port of a listener that names none} */
        public int defaultPort() {
            return defaultPort;
        }

        /** {@return whether MQTT travels in WebSocket frames} */
        public boolean isWebSocket() {
            return this == WS || this == WSS;
        }

        /** {@return whether it is encrypted} */
        public boolean isSecure() {
            return this == TLS || this == WSS;
        }
    }

    /** What is asked of a client's certificate. */
    public enum ClientCertificate {
        /** It is not asked for. */
        NONE,
        /** It is asked for, and checked if shown. */
        OPTIONAL,
        /** Without a valid one there is no connection. */
        REQUIRED
    }

    /**
     * Certificate and key, as PEM files or as one PKCS12 store.
     *
     * @param certificate PEM file with the certificate chain
     * @param key PEM file with the PKCS8 key
     * @param keystore PKCS12 file with both, instead of the two
     * @param password of the key or the store
     * @param clientCertificate what is asked of clients
     * @param trust PEM or PKCS12 file with the authorities that sign client certificates
     * @param trustPassword of a PKCS12 trust file
     */
    public record Tls(
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path keystore,
            @Nullable String password,
            ClientCertificate clientCertificate,
            @Nullable Path trust,
            @Nullable String trustPassword) {

        /** Refuses what is half or double. */
        public Tls {
            // the binder leaves out what is not written
            clientCertificate = clientCertificate == null ? ClientCertificate.NONE : clientCertificate;
            boolean asksClients = clientCertificate != ClientCertificate.NONE;
            new Rules()
                    .expect(
                            "certificate",
                            found(certificate),
                            (certificate == null) != (keystore == null),
                            "either certificate and key, or keystore")
                    .expect("key", found(key), (key == null) == (certificate == null), "a key for the certificate")
                    .expect("trust", found(trust), !asksClients || trust != null, "authorities to check clients with")
                    .expect("trust", found(trust), asksClients || trust == null, "nothing without client-certificate")
                    .check();
        }

        private static String found(@Nullable Path path) {
            return path == null ? "nothing" : path.toString();
        }

        /** Keeps the passwords out of logs. */
        @Override
        public String toString() {
            return "Tls[certificate=" + certificate + ", keystore=" + keystore + ", clientCertificate="
                    + clientCertificate + ", trust=" + trust + "]";
        }
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    /** TCP on loopback, port 1883. */
    public static final ListenerConfig DEFAULT = tcp(Type.TCP.defaultPort());

    /** Refuses what cannot be bound, and TLS where its type has none. */
    public ListenerConfig {
        new Rules()
                .expect("name", name, NAME.matcher(name).matches(), "letters, digits, '.', '_' and '-'")
                .expect("address", address, !address.isBlank(), "an address of this machine, 0.0.0.0 or ::")
                .range("port", port, 0, 65_535)
                .expect("path", path, path.startsWith("/"), "a path with a leading /")
                .expect("tls", "nothing", tls != null || !type.isSecure(), "certificate and key, or keystore")
                .expect("tls", tls == null ? "" : tls, tls == null || type.isSecure(), "only with type tls or wss")
                .check();
    }

    /** {@return the same on another address} */
    public ListenerConfig withAddress(String other) {
        return new ListenerConfig(name, type, other, port, path, tls, proxyProtocol);
    }

    /** {@return a TCP listener on loopback} */
    public static ListenerConfig tcp(int port) {
        return new ListenerConfig("tcp", Type.TCP, "127.0.0.1", port, "/mqtt", null, false);
    }
}
