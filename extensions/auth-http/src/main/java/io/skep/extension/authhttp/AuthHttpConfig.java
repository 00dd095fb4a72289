// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.http.Checks;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/auth-http.yaml} says:
 *
 * <pre>{@code
 * authenticate-url: https://auth.example.com/login
 * bearer-token: ${AUTH_TOKEN}
 * }</pre>
 *
 * @param authenticateUrl asked about each login
 * @param authorizeUrl asked about what clients do; null if the answer to the login says it all
 * @param headers sent with each request
 * @param basic sent with each request; null for none
 * @param bearerToken sent with each request; null for none
 * @param trust PEM file with the certificates that the server's is signed with, relative to the folder of the
 *     configuration; null for those of the JDK
 * @param limits of requests
 * @param cache of answers
 */
public record AuthHttpConfig(
        String authenticateUrl,
        @Nullable String authorizeUrl,
        Map<String, String> headers,
        @Nullable BasicConfig basic,
        @Nullable String bearerToken,
        @Nullable String trust,
        LimitsConfig limits,
        CacheConfig cache) {

    private static final String EXAMPLE = "https://auth.example.com/login";

    /** Fills in what is left out, and checks the rest. */
    public AuthHttpConfig {
        Checks.url("authenticate-url", authenticateUrl == null ? "none" : authenticateUrl, EXAMPLE);
        if (authorizeUrl != null) {
            Checks.url("authorize-url", authorizeUrl, EXAMPLE);
        }
        headers = headers == null ? Map.of() : Map.copyOf(headers);
        limits = limits == null ? LimitsConfig.DEFAULT : limits;
        cache = cache == null ? CacheConfig.DEFAULT : cache;
        boolean own = headers.keySet().stream().anyMatch(name -> name.equalsIgnoreCase("Authorization"));
        if ((basic != null ? 1 : 0) + (bearerToken != null ? 1 : 0) + (own ? 1 : 0) > 1) {
            throw Checks.wrong("bearer-token", "not alone", "at most one of it, basic and the header Authorization");
        }
        Checks.headers("headers", headers);
        if (bearerToken != null) {
            Checks.headers("bearer-token", Map.of("Authorization", "Bearer " + bearerToken));
        }
    }

    /** {@return all that is sent with each request} */
    Map<String, String> allHeaders() {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (basic != null) {
            byte[] pair = (basic.user() + ":" + basic.password()).getBytes(StandardCharsets.UTF_8);
            all.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        if (bearerToken != null) {
            all.put("Authorization", "Bearer " + bearerToken);
        }
        return all;
    }

    /** Without what opens the server. */
    @Override
    public String toString() {
        return authenticateUrl.replaceFirst("\\?.*", "");
    }
}
