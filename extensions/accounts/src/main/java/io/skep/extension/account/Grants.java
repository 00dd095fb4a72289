// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a user may be and do.
 *
 * @param userName who it is
 * @param clientIdPattern which client ids it may use: {@code *} stands for any characters, {@code %u} for its name;
 *     null for any
 * @param rules the first that covers an operation decides
 */
public record Grants(String userName, @Nullable String clientIdPattern, List<Role.Rule> rules) {

    /** Copies the list. */
    public Grants {
        rules = List.copyOf(rules);
    }

    /** {@return its permissions as a client, or why it may not be this one} */
    public Decision admit(String clientId) {
        if (clientIdPattern != null && !Wildcard.matches(clientIdPattern, userName, clientId)) {
            return Decision.deny(
                    ReasonCode.NOT_AUTHORIZED, "client id: '" + clientId + "' (expected: one that this user may use)");
        }
        try {
            return Decision.allow(permissions(clientId));
        } catch (IllegalArgumentException e) {
            return Decision.deny(ReasonCode.NOT_AUTHORIZED, String.valueOf(e.getMessage()));
        }
    }

    /**
     * {@return its permissions as a client}
     *
     * @throws IllegalArgumentException if the client id is not fit for the topic of a rule
     */
    private Permissions permissions(String clientId) {
        Placeholders placeholders = new Placeholders(clientId, userName);
        return new Permissions(rules.stream()
                .map(rule -> new Permission(
                        rule.effect(),
                        Set.copyOf(rule.actions()),
                        placeholders.fill(rule.topic()),
                        rule.qos(),
                        rule.coversRetained()))
                .toList());
    }
}
