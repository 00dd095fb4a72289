// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.Client;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Until when the tokens of connected clients are in force, and the end of a connection whose token is not any more. An
 * entry belongs to one connection: who has come back with a newer token has another. Any thread adds and removes; one
 * at a time looks.
 */
final class Expiries implements BiConsumer<Client, Instant> {

    private static final String TEXT = "token: expired (expected: a connection with a newer one)";

    private static final Duration TRIES = Duration.ofMinutes(1); // it may be between its login and its connection

    private final Map<Client, Instant> ends = new ConcurrentHashMap<>();
    private final Duration clockSkew;
    private final ExtensionContext context;

    Expiries(Duration clockSkew, ExtensionContext context) {
        this.clockSkew = clockSkew;
        this.context = context;
    }

    /** Notes when the token of a client that is let in expires. */
    @Override
    public void accept(Client client, Instant expiry) {
        ends.put(client, expiry);
    }

    /** Forgets a client that is gone, or was not let in after all. */
    void remove(Client client) {
        ends.remove(client);
    }

    /** Disconnects whose tokens have expired; that they are gone is told later, and then they are forgotten. */
    void look() {
        Instant now = context.clock().instant().minus(clockSkew);
        ends.forEach((client, expiry) -> {
            if (!now.isBefore(expiry)) {
                disconnect(client);
                if (now.isAfter(expiry.plus(TRIES))) {
                    ends.remove(client, expiry);
                }
            }
        });
    }

    private void disconnect(Client client) {
        context.clients().find(client.id()).thenAccept(found -> {
            if (found.isPresent() && found.get().client().equals(client)) {
                context.clients().disconnect(client.id(), ReasonCode.MAXIMUM_CONNECT_TIME, TEXT, true);
            }
        });
    }
}
