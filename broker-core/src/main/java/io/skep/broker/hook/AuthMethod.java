// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.auth.EnhancedAuthenticator;
import java.util.Objects;

/** An authentication method and what knows it; the name is asked for once, so that it cannot change or fail later. */
record AuthMethod(String name, EnhancedAuthenticator authenticator) {

    AuthMethod(EnhancedAuthenticator authenticator) {
        this(Objects.requireNonNull(authenticator.method(), "method"), authenticator);
    }
}
