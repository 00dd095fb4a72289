// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, below MQTT: one object for each, whatever extensions make of the client's names. Immutable.
 *
 * @param listenerType of the listener that accepted it: {@code tcp}, {@code tls}, {@code ws} or {@code wss}; empty if
 *     there is no connection
 * @param tls what the TLS handshake has agreed on; null without TLS
 * @param proxy the proxy that it came through, if that spoke the PROXY protocol; null without
 */
public record ConnectionFacts(
        String listenerType, @Nullable Tls tls, @Nullable Proxy proxy) {

    /**
     * What a TLS handshake has agreed on.
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipherSuite such as {@code TLS_AES_128_GCM_SHA256}
     */
    public record Tls(String protocol, String cipherSuite) {}

    /**
     * What a PROXY protocol header says, but for the address of the client: {@link Client#address} is that.
     *
     * @param address of the proxy
     * @param destination where the client connected to
     * @param values of a header of version 2, by the type of each, the last of those with one type; not to be changed
     */
    public record Proxy(InetSocketAddress address, InetSocketAddress destination, Map<Integer, byte[]> values) {

        /** Copies the map. */
        public Proxy {
            values = Map.copyOf(values);
        }
    }
}
