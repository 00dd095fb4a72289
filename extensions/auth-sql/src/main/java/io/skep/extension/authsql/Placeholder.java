// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import io.skep.sdk.auth.Login;
import java.net.InetSocketAddress;

/** What a query may ask about a login. */
enum Placeholder {
    CLIENT_ID("clientId"),
    USER_NAME("userName"),
    ADDRESS("address"),
    LISTENER("listener");

    private final String label;

    Placeholder(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    String of(Login login) {
        return switch (this) {
            case CLIENT_ID -> login.client().id();
            case USER_NAME -> String.valueOf(login.client().userName());
            case ADDRESS -> address(login.client().address());
            case LISTENER -> login.client().listener();
        };
    }

    private static String address(InetSocketAddress address) {
        return address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
    }
}
