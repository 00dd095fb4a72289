// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** Keys, and tokens signed with them, as an issuer makes them. */
final class Tokens {

    static final JWK RSA = rsa("rsa", 2048);
    static final JWK EC = ec("ec", Curve.P_256);
    static final JWK SECRET = secret("secret", 512);

    private Tokens() {}

    static JWK rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, true).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static JWK ec(String id, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static JWK secret(String id, int bits) {
        try {
            return new OctetSequenceKeyGenerator(bits).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** {@return the text of a set, with secrets if there are any} */
    static String set(JWK... keys) {
        return new JWKSet(List.of(keys)).toString(false);
    }

    /** {@return claims that are in force for ten minutes} */
    static JWTClaimsSet.Builder claims() {
        Instant expiry = Instant.now().plus(10, ChronoUnit.MINUTES);
        return new JWTClaimsSet.Builder()
                .issuer("https://id.example.com/")
                .audience("mqtt")
                .subject("anna")
                .expirationTime(Date.from(expiry));
    }

    static String sign(JWK key, String algorithm, JWTClaimsSet claims) {
        return sign(
                key,
                new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                        .keyID(key.getKeyID())
                        .build(),
                claims);
    }

    static String sign(JWK key, JWSHeader header, JWTClaimsSet claims) {
        try {
            JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key, header.getAlgorithm());
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String anna(JWK key, String algorithm) {
        return sign(key, algorithm, claims().build());
    }

    static String anna(Map<String, Object> more) {
        JWTClaimsSet.Builder claims = claims();
        more.forEach(claims::claim);
        return sign(EC, "ES256", claims.build());
    }
}
