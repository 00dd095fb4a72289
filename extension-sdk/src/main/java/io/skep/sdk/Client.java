// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
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
 */
public record Client(
        String id,
        @Nullable String userName,
        InetSocketAddress address,
        ProtocolVersion version,
        String listener,
        List<X509Certificate> certificates) {}
