// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All users with what they may do. Immutable; a changed file makes a new one. */
final class Directory {

    private final Map<String, Account> accounts = new HashMap<>();

    /** Checked when the user is unknown, so that this takes as long as a wrong password. */
    private final PasswordHash nobody;

    private final int scramIterations;

    Directory(Map<String, User> users, Map<String, Role> roles) {
        users.forEach((name, user) -> accounts.put(name, account(name, user, roles)));
        int iterations = accounts.values().stream()
                .map(Account::password)
                .filter(Objects::nonNull)
                .mapToInt(PasswordHash::iterations)
                .max()
                .orElse(PasswordHash.ITERATIONS_DEFAULT);
        nobody = PasswordHash.ofNobody(iterations);
        scramIterations = scram().mapToInt(ScramVerifier::iterations).max().orElse(ScramVerifier.ITERATIONS_DEFAULT);
    }

    @Nullable Account account(String userName) {
        return accounts.get(userName);
    }

    PasswordHash nobody() {
        return nobody;
    }

    /** {@return what unknown users seem to have} */
    int scramIterations() {
        return scramIterations;
    }

    /** {@return bytes that follow from all verifiers and that nobody else knows; random if there are none} */
    byte[] secret() {
        String all = scram().map(ScramVerifier::toString).sorted().collect(Collectors.joining());
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return all.isEmpty() ? random : ScramVerifier.sha256(all.getBytes(StandardCharsets.US_ASCII));
    }

    private Stream<ScramVerifier> scram() {
        return accounts.values().stream().map(Account::scram).filter(Objects::nonNull);
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
        PasswordHash password = user.password() == null ? null : PasswordHash.parse(user.password());
        ScramVerifier scram = user.scram() == null ? null : ScramVerifier.parse(user.scram());
        return new Account(name, password, scram, user.clientId(), rules);
    }

    /**
     * A user, ready for logins.
     *
     * @param password null if it has only the other
     * @param scram null if it has only the other
     * @param rules of its roles, in order
     */
    record Account(
            String name,
            @Nullable PasswordHash password,
            @Nullable ScramVerifier scram,
            @Nullable String clientIdPattern,
            List<Role.Rule> rules) {

        /** {@return its permissions as a client, or why it may not be this one} */
        Decision admit(String clientId) {
            if (clientIdPattern != null && !Wildcard.matches(clientIdPattern, name, clientId)) {
                return Decision.deny(
                        ReasonCode.NOT_AUTHORIZED,
                        "client id: '" + clientId + "' (expected: one that this user may use)");
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
