// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.nio.file.Path;
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
        TCP,
        /** TLS over TCP. */
        TLS,
        /** WebSocket. */
        WS,
        /** WebSocket over TLS. */
        WSS
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
            @Nullable String trustPassword) {}

    /** {@return a TCP listener on loopback} */
    public static ListenerConfig tcp(int port) {
        return new ListenerConfig("tcp", Type.TCP, "127.0.0.1", port, "/mqtt", null, false);
    }
}
