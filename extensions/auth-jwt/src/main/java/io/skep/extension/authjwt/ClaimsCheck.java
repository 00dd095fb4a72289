// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a signed token is meant for this broker, and for now. */
record ClaimsCheck(
        @Nullable String issuer,
        List<String> audience,
        Duration clockSkew,
        boolean expiryRequired,
        InstantSource clock) {

    ClaimsCheck(AuthJwtConfig config, InstantSource clock) {
        this(config.issuer(), config.audience(), config.clockSkew(), config.expiryRequired(), clock);
    }

    /**
     * Passes a token that is.
     *
     * @throws Refusal saying why it is not
     */
    void check(JWTClaimsSet claims) throws Refusal {
        if (issuer != null && !issuer.equals(claims.getIssuer())) {
            throw new Refusal("iss", "'" + claims.getIssuer() + "'", "that of this broker");
        }
        if (!audience.isEmpty() && Collections.disjoint(audience, claims.getAudience())) {
            throw new Refusal("aud", claims.getAudience().toString(), "that of this broker");
        }
        Instant now = clock.instant();
        Instant expiry = instant(claims.getExpirationTime());
        if (expiry == null ? expiryRequired : !now.minus(clockSkew).isBefore(expiry)) {
            throw new Refusal("exp", String.valueOf(expiry), "a time to come");
        }
        Instant start = instant(claims.getNotBeforeTime());
        if (start != null && now.plus(clockSkew).isBefore(start)) {
            throw new Refusal("nbf", start.toString(), "a time that has come");
        }
    }

    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }
}
