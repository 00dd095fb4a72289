// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.skep.extension.authjwt.AuthJwtConfig.TokenIn;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows a token that is signed and in force. What is no token is left to the next extension; what is one,
 * and is wrong, is refused. Signatures are checked on another thread than the caller's.
 */
final class JwtAuthenticator implements Authenticator {

    private final AuthJwtConfig config;
    private final Set<String> algorithms;
    private final ClaimsCheck check;
    private final Grants grants;
    private final Keys keys;
    private final Executor executor;
    private final BiConsumer<Client, Instant> admitted;

    /**
     * Asks nobody yet.
     *
     * @param admitted hears who was let in with a token that expires, and when it does
     */
    JwtAuthenticator(
            AuthJwtConfig config,
            Keys keys,
            InstantSource clock,
            Executor executor,
            BiConsumer<Client, Instant> admitted) {
        this.config = config;
        this.algorithms = Set.copyOf(config.algorithms());
        this.check = new ClaimsCheck(config, clock);
        this.grants = new Grants(config.permissions(), config.claims());
        this.keys = keys;
        this.executor = executor;
        this.admitted = admitted;
    }

    @Override
    public Decision authenticate(Login login) {
        String userName = login.client().userName();
        String text = config.tokenIn() == TokenIn.PASSWORD ? login.passwordText() : userName;
        return text == null || !looksLikeToken(text)
                ? Decision.next()
                : Decision.later(CompletableFuture.supplyAsync(() -> begin(text, login.client()), executor)
                        .thenCompose(decision -> decision));
    }

    /** {@return whether it has three parts, and the first of them is an object in base64} */
    private static boolean looksLikeToken(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first < 2 || second < 0 || text.indexOf('.', second + 1) >= 0) {
            return false;
        }
        try {
            byte[] header = Base64.getUrlDecoder().decode(text.substring(0, first));
            return new String(header, StandardCharsets.UTF_8).strip().startsWith("{");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private CompletionStage<Decision> begin(String text, Client client) {
        try {
            SignedJWT token = parse(text);
            return keys.ready(token.getHeader()).thenApplyAsync(ready -> end(token, client), executor);
        } catch (Refusal e) {
            return CompletableFuture.completedFuture(refused(e));
        }
    }

    private SignedJWT parse(String text) throws Refusal {
        SignedJWT token;
        try {
            token = SignedJWT.parse(text);
        } catch (ParseException | RuntimeException e) { // whoever made it up did so to see what happens
            throw new Refusal("token", "not readable", "a signed JSON Web Token");
        }
        String algorithm = token.getHeader().getAlgorithm().getName();
        if (!algorithms.contains(algorithm)) {
            throw new Refusal("alg", algorithm, "one that this broker takes");
        }
        Set<String> critical = token.getHeader().getCriticalParams();
        if (critical != null && !critical.isEmpty()) {
            throw new Refusal("crit", critical.toString(), "none");
        }
        return token;
    }

    private Decision end(SignedJWT token, Client client) {
        try {
            if (!keys.signed(token)) {
                throw new Refusal("signature", "wrong", "by a key of this broker");
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            if (claims == null) {
                throw new Refusal("token", "without claims", "with claims");
            }
            check.check(claims);
            return admit(claims, client);
        } catch (JOSEException | ParseException e) {
            return refused(new Refusal("token", "not readable", "a signed JSON Web Token"));
        } catch (Refusal e) {
            return refused(e);
        }
    }

    private Decision admit(JWTClaimsSet claims, Client client) throws Refusal {
        Object name = claims.getClaim(config.claims().user());
        String user = name instanceof String text ? text : null;
        if (config.userNameMustMatch() && !matches(user, client.userName())) {
            throw new Refusal("user name", "'" + client.userName() + "'", "that of the token");
        }
        Placeholders values = new Placeholders(client.id(), user, claims.getClaims());
        try {
            if (config.clientId() != null && !Wildcard.matches(config.clientId(), values, client.id())) {
                return notAuthorized("client id: '" + client.id() + "' (expected: one that the token is for)");
            }
            Decision decision = Decision.allow(grants.of(values));
            if (claims.getExpirationTime() != null) {
                admitted.accept(client, claims.getExpirationTime().toInstant());
            }
            return decision;
        } catch (IllegalArgumentException e) {
            return notAuthorized(String.valueOf(e.getMessage()));
        }
    }

    private static boolean matches(@Nullable String user, @Nullable String userName) {
        return user != null && user.equals(userName);
    }

    private static Decision notAuthorized(String text) {
        return Decision.deny(ReasonCode.NOT_AUTHORIZED, new Refusal(text).text());
    }

    private static Decision refused(Refusal refusal) {
        return Decision.deny(ReasonCode.BAD_USER_NAME_OR_PASSWORD, refusal.text());
    }
}
