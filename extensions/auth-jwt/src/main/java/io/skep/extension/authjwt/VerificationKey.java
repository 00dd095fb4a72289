// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that signatures are checked with, bound to the algorithms of its type: a public key is never taken for the
 * secret of a MAC, whatever a token says.
 *
 * @param id null if it has none
 * @param algorithms that it is good for
 */
record VerificationKey(@Nullable String id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {

    private static final int RSA_BITS_MIN = 2048;

    /**
     * {@return the key}
     *
     * @param secrets whether it may be the secret of a MAC
     * @throws IllegalArgumentException if it checks no signatures, or is too weak
     */
    static VerificationKey of(JWK key, boolean secrets) {
        if (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.SIGNATURE)) {
            throw unfit(key, "use " + key.getKeyUse(), "sig");
        }
        if (key.getKeyOperations() != null && !key.getKeyOperations().contains(KeyOperation.VERIFY)) {
            throw unfit(key, "operations " + key.getKeyOperations(), "verify");
        }
        try {
            JWSVerifier verifier = verifier(key, secrets);
            Set<JWSAlgorithm> algorithms = key instanceof OctetSequenceKey
                    ? MACSigner.getCompatibleAlgorithms(key.size())
                    : verifier.supportedJWSAlgorithms();
            if (key.getAlgorithm() == null) {
                return new VerificationKey(key.getKeyID(), Set.copyOf(algorithms), verifier);
            }
            JWSAlgorithm only = JWSAlgorithm.parse(key.getAlgorithm().getName());
            if (!algorithms.contains(only)) {
                throw unfit(key, "algorithm " + only, "one of " + algorithms);
            }
            return new VerificationKey(key.getKeyID(), Set.of(only), verifier);
        } catch (JOSEException e) {
            throw unfit(key, String.valueOf(e.getMessage()), "a key for signatures");
        }
    }

    private static JWSVerifier verifier(JWK key, boolean secrets) throws JOSEException {
        if (key instanceof RSAKey rsa) {
            if (rsa.size() < RSA_BITS_MIN) {
                throw unfit(key, rsa.size() + " bits", RSA_BITS_MIN + " or more");
            }
            return new RSASSAVerifier(rsa.toRSAPublicKey());
        }
        if (key instanceof ECKey curve) {
            return new ECDSAVerifier(curve.toECPublicKey());
        }
        if (key instanceof OctetSequenceKey secret) {
            if (!secrets) {
                throw unfit(key, "a secret", "a public key, for everybody can read the URL");
            }
            return new MACVerifier(secret.toByteArray());
        }
        throw unfit(key, key.getKeyType().getValue(), "RSA, EC or oct");
    }

    private static IllegalArgumentException unfit(JWK key, String found, String expected) {
        return new IllegalArgumentException("key " + key.getKeyID() + ": " + found + " (expected: " + expected + ")");
    }

    /** {@return whether a token with this header may be signed with it} */
    boolean fits(JWSHeader header) {
        return algorithms.contains(header.getAlgorithm())
                && (header.getKeyID() == null || header.getKeyID().equals(id));
    }
}
