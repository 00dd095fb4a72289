// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** A few connections to the directory, made when they are needed. Thread-safe. */
final class Connections implements AutoCloseable {

    private final LDAPConnectionPool pool;
    private final Semaphore free;
    private final long timeoutMillis;

    /** What is done with a connection. */
    @FunctionalInterface
    interface Use<T> {
        T with(LDAPConnection connection) throws LDAPException;
    }

    private Connections(AuthLdapConfig config, SSLSocketFactory trusting, @Nullable BindRequest bind)
            throws LDAPException {
        SSLSocketFactory tls = new TlsSockets(trusting, config.timeout());
        timeoutMillis = config.timeout().toMillis();
        free = new Semaphore(config.connections());
        PostConnectProcessor startTls = config.startsTls() ? new StartTLSPostConnectProcessor(tls) : null;
        pool = new LDAPConnectionPool(servers(config, tls), bind, 0, config.connections(), startTls);
    }

    /** {@return connections that are logged in as who looks users up, or not at all if there is nobody} */
    static Connections ofLookups(AuthLdapConfig config, SSLSocketFactory tls) throws LDAPException {
        return new Connections(
                config,
                tls,
                config.bindDn() == null ? null : new SimpleBindRequest(config.bindDn(), config.bindPassword()));
    }

    /** {@return connections on which users log in, so that who uses one has to begin with that} */
    static Connections ofLogins(AuthLdapConfig config, SSLSocketFactory tls) throws LDAPException {
        return new Connections(config, tls, null);
    }

    private static ServerSet servers(AuthLdapConfig config, SSLSocketFactory tls) {
        int millis = Math.toIntExact(config.timeout().toMillis());
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(millis);
        options.setResponseTimeoutMillis(millis);
        options.setAbandonOnTimeout(true);
        options.setFollowReferrals(false); // nobody said that the others may see passwords
        options.setUseSynchronousMode(true); // no thread for each connection
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true, false));
        List<ServerSet> servers = new ArrayList<>();
        for (String text : config.servers()) {
            Server server = Server.parse(text, config.startsTls());
            SocketFactory sockets = server.security() == Server.Security.TLS ? tls : SocketFactory.getDefault();
            servers.add(new SingleServerSet(server.host(), server.port(), sockets, options));
        }
        return new FailoverServerSet(servers);
    }

    /**
     * {@return what came out of the use of a connection} One that the server has closed meanwhile is replaced once.
     *
     * @throws LDAPException if there is no connection in time, or what the use throws
     */
    <T> T use(Use<T> use) throws LDAPException, InterruptedException {
        if (!free.tryAcquire(timeoutMillis, TimeUnit.MILLISECONDS)) {
            throw new LDAPException(ResultCode.TIMEOUT, "connections-max: all in use (expected: one in time)");
        }
        try {
            LDAPConnection connection = pool.getConnection();
            try {
                return useAndRelease(connection, use);
            } catch (LDAPException e) {
                if (!e.getResultCode().equals(ResultCode.SERVER_DOWN)) {
                    throw e;
                }
                pool.shrinkPool(0); // the others are no better
                return useAndRelease(pool.getConnection(), use);
            }
        } finally {
            free.release();
        }
    }

    private <T> T useAndRelease(LDAPConnection connection, Use<T> use) throws LDAPException {
        boolean sound = false;
        try {
            T result = use.with(connection);
            sound = true;
            return result;
        } catch (LDAPException e) {
            sound = e.getResultCode().isConnectionUsable();
            throw e;
        } finally {
            if (sound) {
                pool.releaseConnection(connection);
            } else {
                pool.discardConnection(connection); // the next is made when it is needed
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
