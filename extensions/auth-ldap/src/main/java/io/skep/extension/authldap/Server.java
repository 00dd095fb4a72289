// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPURL;

/** Where an LDAP server is, and how to speak to it. */
record Server(String host, int port, Security security) {

    /** How what is said is kept secret. */
    enum Security {
        NONE,
        TLS,
        START_TLS
    }

    /**
     * {@return the server of a URL}
     *
     * @throws IllegalArgumentException if it is none
     */
    static Server parse(String text, boolean startTls) {
        try {
            LDAPURL url = new LDAPURL(text);
            boolean secure = url.getScheme().equals("ldaps");
            boolean plain = url.getScheme().equals("ldap") && !(url.baseDNProvided() || url.filterProvided());
            if (url.hostProvided() && (plain || secure)) {
                if (secure && startTls) {
                    throw Checks.wrong("start-tls", "true", "false, for " + text + " is secure from the beginning");
                }
                Security ofPlain = startTls ? Security.START_TLS : Security.NONE;
                return new Server(url.getHost(), url.getPort(), secure ? Security.TLS : ofPlain);
            }
        } catch (LDAPException e) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    /** {@return whether others can read passwords on their way} */
    boolean isOpen() {
        return security == Security.NONE
                && !host.equals("localhost")
                && !host.startsWith("127.")
                && !host.equals("::1");
    }

    private static IllegalArgumentException wrong(String text) {
        return Checks.wrong("servers", "'" + text + "'", "such as ldaps://ldap.example.com or ldap://127.0.0.1:389");
    }
}
