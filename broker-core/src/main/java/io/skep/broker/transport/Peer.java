// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.skep.broker.config.ListenerConfig;
import io.skep.sdk.ConnectionFacts;
import io.skep.sdk.ConnectionFacts.Proxy;
import io.skep.sdk.ConnectionFacts.Tls;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a channel. */
final class Peer {

    /** The client's address where it is not the socket's: behind a proxy. */
    static final AttributeKey<InetSocketAddress> ADDRESS = AttributeKey.valueOf("skep.address");

    /** What the PROXY header says of the way to here. */
    static final AttributeKey<Proxy> PROXY = AttributeKey.valueOf("skep.proxy");

    private Peer() {}

    /** {@return what there is to know of the connection itself, once its handshakes are over} */
    static ConnectionFacts facts(Channel channel, ListenerConfig listener) {
        @Nullable SslHandler handler = channel.pipeline().get(SslHandler.class);
        Tls tls = null;
        if (handler != null) {
            SSLSession session = handler.engine().getSession();
            tls = new Tls(session.getProtocol(), session.getCipherSuite());
        }
        Proxy proxy = channel.hasAttr(PROXY) ? channel.attr(PROXY).get() : null;
        return new ConnectionFacts(listener.type().name().toLowerCase(Locale.ROOT), tls, proxy);
    }

    /** {@return the client's own address, from the PROXY header if there was one} */
    static InetSocketAddress address(Channel channel) {
        InetSocketAddress behindProxy =
                channel.hasAttr(ADDRESS) ? channel.attr(ADDRESS).get() : null;
        return behindProxy != null ? behindProxy : (InetSocketAddress) channel.remoteAddress();
    }

    /** {@return the client's certificate chain, its own certificate first; empty if it showed none} */
    static List<X509Certificate> certificates(Channel channel) {
        @Nullable SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return List.of();
        }
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }
}
