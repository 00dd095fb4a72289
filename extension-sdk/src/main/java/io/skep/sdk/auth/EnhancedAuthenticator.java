// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

/**
 * Decides who may connect by an authentication method of MQTT 5.0: a conversation of AUTH packets instead of a
 * password. It is asked about the clients that name its method in CONNECT, and {@link Authenticator}s are not; a client
 * whose method no extension has is refused. If several extensions have the same method, they are asked in their order
 * until one answers something else than {@link AuthAnswer#next} to the client's first data; that one then has the
 * exchange to its end. If none does, the client is refused.
 *
 * <p>A client that is connected may authenticate again, whenever it likes: that is another exchange with the same
 * method, during which its other packets are handled as ever. If it succeeds its permissions replace those that the
 * client had; its subscriptions stay. If it fails the client is disconnected.
 *
 * <p>Everything runs on the client's event loop, so it must not wait: work that does goes to
 * {@link io.skep.sdk.ExtensionContext#executor} and is answered with {@link AuthAnswer#later}. An exception, a null or
 * a missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback} says, at the first data of an exchange; in
 * the middle of one nobody else can go on, so that it counts as a deny.
 *
 * <p>The broker closes connections whose clients make it wait for longer than its {@code connect-timeout}, all their
 * pauses of an exchange together. An exchange that ends so, or because its client is gone, hears nothing of it.
 */
public interface EnhancedAuthenticator {

    /** {@return the Authentication Method, for instance {@code SCRAM-SHA-256}; asked once, when this is registered} */
    String method();

    /**
     * Begins an exchange with one client.
     *
     * @param login who wants to connect. Its user name, if there is one, is a mere claim that the exchange has to prove
     *     or refuse, for other extensions will rely on it; there is a password only if CONNECT had one, and none when
     *     the client authenticates again
     * @return what talks with this client, once; it is called on the same loop, one call at a time
     */
    Exchange begin(Login login);

    /** One conversation with one client. */
    @FunctionalInterface
    interface Exchange {

        /**
         * Answers what the client said.
         *
         * @param data the Authentication Data; empty if there was none
         * @return the answer
         */
        AuthAnswer answer(byte[] data);
    }
}
