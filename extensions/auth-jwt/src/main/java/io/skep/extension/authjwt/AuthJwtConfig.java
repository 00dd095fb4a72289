// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/auth-jwt.yaml} says:
 *
 * <pre>{@code
 * keys:
 *   url: https://id.example.com/.well-known/jwks.json
 * algorithms: [RS256]
 * issuer: https://id.example.com/
 * audience: [mqtt]
 * client-id: "%u-*"
 * permissions:
 *   - topic: devices/%u/#
 * }</pre>
 *
 * @param keys where they are
 * @param algorithms that tokens may be signed with
 * @param issuer what {@code iss} has to be; null for any
 * @param audience of which {@code aud} has to name one; empty for any
 * @param clockSkew by which clocks may differ
 * @param expiryRequired whether a token has to have {@code exp}; true if left out
 * @param disconnectAtExpiry whether a connection ends when its token expires; true if left out
 * @param tokenIn which part of CONNECT is the token
 * @param userNameMustMatch whether the user name of CONNECT has to be who the token says it is
 * @param clientId which client ids a token is for: {@code *} stands for any characters; with placeholders; null for any
 * @param claims which of them say what
 * @param permissions rules for every token, with placeholders; they come before those of the token
 */
public record AuthJwtConfig(
        KeysConfig keys,
        List<String> algorithms,
        @Nullable String issuer,
        List<String> audience,
        Duration clockSkew,
        Boolean expiryRequired,
        Boolean disconnectAtExpiry,
        TokenIn tokenIn,
        boolean userNameMustMatch,
        @Nullable String clientId,
        ClaimsConfig claims,
        List<Rule> permissions) {

    private static final Set<String> ALGORITHMS = Set.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    /** A part of CONNECT. */
    public enum TokenIn {
        /** The password. */
        PASSWORD,
        /** The user name. */
        USER_NAME
    }

    /** Fills in what is left out, and checks the rest. */
    public AuthJwtConfig {
        if (keys == null) {
            throw KeysConfig.wrong("keys", "none", "a group with file or url");
        }
        algorithms = algorithms == null || algorithms.isEmpty() ? List.of("RS256", "ES256") : List.copyOf(algorithms);
        audience = audience == null ? List.of() : List.copyOf(audience);
        clockSkew = clockSkew == null ? Duration.ofSeconds(30) : clockSkew;
        expiryRequired = expiryRequired == null || expiryRequired;
        disconnectAtExpiry = disconnectAtExpiry == null || disconnectAtExpiry;
        tokenIn = tokenIn == null ? TokenIn.PASSWORD : tokenIn;
        claims = claims == null ? ClaimsConfig.DEFAULT : claims;
        permissions = permissions == null ? List.of() : List.copyOf(permissions);
        for (String algorithm : algorithms) {
            if (!ALGORITHMS.contains(algorithm)) {
                throw KeysConfig.wrong("algorithms", algorithm, "among HS, RS, PS and ES with 256, 384 or 512");
            }
        }
        KeysConfig.check("clock-skew", clockSkew, Duration.ZERO, Duration.ofHours(1));
        if (userNameMustMatch && tokenIn == TokenIn.USER_NAME) {
            throw KeysConfig.wrong("user-name-must-match", "true", "false, for the user name is the token");
        }
        if (clientId != null) {
            Placeholders.check("client-id", clientId);
        }
    }
}
