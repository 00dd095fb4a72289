// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.SignedJWT;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * All keys, of the file and of the URL.
 *
 * @param file null if there is none
 * @param url null if there is none
 */
record Keys(@Nullable KeysFile file, @Nullable KeysUrl url) {

    /** Looks whether there are others by now. */
    void poll() {
        if (file != null) {
            file.poll();
        }
        if (url != null) {
            url.poll();
        }
    }

    /** {@return completes when there is a key for a token with this header, or it is known that there is none} */
    CompletionStage<Void> ready(JWSHeader header) {
        boolean known = (file != null && file.now().fits(header))
                || (url != null && url.now().fits(header));
        return known || url == null ? CompletableFuture.completedFuture(null) : url.refetch();
    }

    /**
     * {@return whether one of them has signed the token}
     *
     * @throws IllegalStateException if nobody knows, because the URL does not answer
     */
    boolean signed(SignedJWT token) throws JOSEException {
        if (file != null && file.now().signed(token)) {
            return true;
        }
        if (url == null) {
            return false;
        }
        if (url.failure() != null && !url.now().fits(token.getHeader())) {
            throw new IllegalStateException("keys.url: " + url.failure() + " (expected: the key of a token)");
        }
        return url.now().signed(token);
    }
}
