// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who is answered: everybody, unless the configuration wants something to be shown. */
final class Access {

    /** What the header Authorization may be, with its scheme in lower case; all if there is none. */
    private final List<byte[]> accepted = new ArrayList<>();

    private final List<String> challenges = new ArrayList<>();

    Access(MetricsPrometheusConfig config) {
        BasicConfig basic = config.basic();
        if (basic != null) {
            byte[] pair = (basic.user() + ":" + basic.password()).getBytes(UTF_8);
            accepted.add(("basic " + Base64.getEncoder().encodeToString(pair)).getBytes(UTF_8));
            challenges.add("Basic realm=\"skep\", charset=\"UTF-8\"");
        }
        if (config.bearerToken() != null) {
            accepted.add(("bearer " + config.bearerToken()).getBytes(UTF_8));
            challenges.add("Bearer");
        }
    }

    /** {@return whether this header Authorization is enough; takes the same time for each wrong one of a length} */
    boolean permits(@Nullable String authorization) {
        if (accepted.isEmpty()) {
            return true;
        }
        if (authorization == null) {
            return false;
        }
        int blank = Math.max(0, authorization.indexOf(' '));
        String scheme = authorization.substring(0, blank).toLowerCase(Locale.ROOT);
        byte[] shown = (scheme + authorization.substring(blank)).getBytes(UTF_8);
        boolean permitted = false;
        for (byte[] each : accepted) {
            permitted |= MessageDigest.isEqual(each, shown);
        }
        return permitted;
    }

    /** {@return what to answer to the others, as values of WWW-Authenticate} */
    List<String> challenges() {
        return challenges;
    }
}
