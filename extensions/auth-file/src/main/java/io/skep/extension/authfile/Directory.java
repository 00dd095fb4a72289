// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All users with what they may do. Immutable; a changed file makes a new one. */
final class Directory {

    private final Map<String, Account> accounts = new HashMap<>();

    /** Checked when the user is unknown, so that this takes as long as a wrong password. */
    private final PasswordHash nobody;

    Directory(Map<String, User> users, Map<String, Role> roles) {
        users.forEach((name, user) -> accounts.put(name, account(name, user, roles)));
        int iterations = accounts.values().stream()
                .mapToInt(account -> account.password().iterations())
                .max()
                .orElse(PasswordHash.ITERATIONS_DEFAULT);
        nobody = PasswordHash.ofNobody(iterations);
    }

    @Nullable Account account(String userName) {
        return accounts.get(userName);
    }

    PasswordHash nobody() {
        return nobody;
    }

    int size() {
        return accounts.size();
    }

    private static Account account(String name, User user, Map<String, Role> roles) {
        List<Role.Rule> rules = new ArrayList<>();
        for (String roleName : user.roles()) {
            Role role = roles.get(roleName);
            if (role == null) {
                throw new IllegalArgumentException(
                        "users." + name + ".roles: " + roleName + " (expected: one of " + roles.keySet() + ")");
            }
            rules.addAll(role.permissions());
        }
        return new Account(name, PasswordHash.parse(user.password()), user.clientId(), rules);
    }

    /**
     * A user, ready for logins.
     *
     * @param rules of its roles, in order
     */
    record Account(
            String name, PasswordHash password, @Nullable String clientIdPattern, List<Role.Rule> rules) {

        boolean mayUse(String clientId) {
            return clientIdPattern == null || Wildcard.matches(clientIdPattern, name, clientId);
        }

        /**
         * {@return its permissions as a client}
         *
         * @throws IllegalArgumentException if the client id is not fit for the topic of a rule
         */
        Permissions permissions(String clientId) {
            Placeholders placeholders = new Placeholders(clientId, name);
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
}
