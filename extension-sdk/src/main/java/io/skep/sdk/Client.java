// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected. Immutable.
 *
 * @param id the client id, given by the client or assigned by the broker
 * @param userName the user name of CONNECT
 * @param address where the client comes from
 * @param version the protocol that it speaks
 * @param listener the name of the listener that accepted it
 * @param certificates its TLS certificate chain, its own first; empty if it showed none
 * @param connection what else is known of its connection; the same object as long as that lasts
 */
public record Client(
        String id,
        @Nullable String userName,
        InetSocketAddress address,
        ProtocolVersion version,
        String listener,
        List<X509Certificate> certificates,
        ConnectionFacts connection) {

    /**
     * A client of whose connection nothing else is known.
     *
     * @param id the client id
     * @param userName the user name, null if there is none
     * @param address where the client comes from
     * @param version the protocol that it speaks
     * @param listener the name of the listener that accepted it
     * @param certificates its TLS certificate chain, its own first; empty if it showed none
     */
    public Client(
            String id,
            @Nullable String userName,
            InetSocketAddress address,
            ProtocolVersion version,
            String listener,
            List<X509Certificate> certificates) {
        this(id, userName, address, version, listener, certificates, new ConnectionFacts("", null, null));
    }

    /**
     * {@return the client of the same connection, with other names}
     *
     * @param otherId the client id
     * @param otherUserName the user name, null for none
     */
    public Client named(String otherId, @Nullable String otherUserName) {
        return id.equals(otherId) && Objects.equals(userName, otherUserName)
                ? this
                : new Client(otherId, otherUserName, address, version, listener, certificates, connection);
    }
}
