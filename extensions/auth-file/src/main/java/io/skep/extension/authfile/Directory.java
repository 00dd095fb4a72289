// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.account.Grants;
import io.skep.extension.account.PasswordHash;
import io.skep.extension.account.Role;
import io.skep.sdk.auth.Decision;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        return new Account(name, password, scram, new Grants(name, user.clientId(), rules));
    }

    /**
     * A user, ready for logins.
     *
     * @param password null if it has only the other
     * @param scram null if it has only the other
     * @param grants what its roles allow, in order
     */
    record Account(
            String name,
            @Nullable PasswordHash password,
            @Nullable ScramVerifier scram,
            Grants grants) {

        /** {@return its permissions as a client, or why it may not be this one} */
        Decision admit(String clientId) {
            return grants.admit(clientId);
        }
    }
}
