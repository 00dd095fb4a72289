// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON Web Key Set. Immutable.
 *
 * @param keys those that check signatures
 * @param unused why others do not
 */
record KeySet(List<VerificationKey> keys, List<String> unused) {

    static final KeySet EMPTY = new KeySet(List.of(), List.of());

    /** A token without a key id is tried with this many keys; more would be work for nothing. */
    private static final int TRIED_MAX = 8;

    /**
     * {@return the set that a text stands for}
     *
     * @param secrets whether secrets of MACs may be in it
     * @throws IllegalArgumentException if it is none, or has no key that checks signatures
     */
    static KeySet parse(String text, boolean secrets) {
        List<VerificationKey> keys = new ArrayList<>();
        List<String> unused = new ArrayList<>();
        for (JWK key : jwks(text)) {
            try {
                keys.add(VerificationKey.of(key, secrets));
            } catch (IllegalArgumentException e) {
                unused.add(String.valueOf(e.getMessage()));
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys: none (expected: at least one that checks signatures) " + unused);
        }
        return new KeySet(List.copyOf(keys), List.copyOf(unused));
    }

    private static List<JWK> jwks(String text) {
        try {
            return JWKSet.parse(text).getKeys();
        } catch (ParseException e) {
            throw new IllegalArgumentException(
                    "keys: not readable (expected: a JSON Web Key Set): " + e.getMessage(), e);
        }
    }

    /** {@return whether a token with this header may be signed with one of them} */
    boolean fits(JWSHeader header) {
        return keys.stream().anyMatch(key -> key.fits(header));
    }

    /** {@return whether one of them has signed the token} */
    boolean signed(SignedJWT token) throws JOSEException {
        int tried = 0;
        for (VerificationKey key : keys) {
            if (key.fits(token.getHeader()) && tried++ < TRIED_MAX && token.verify(key.verifier())) {
                return true;
            }
        }
        return false;
    }
}
