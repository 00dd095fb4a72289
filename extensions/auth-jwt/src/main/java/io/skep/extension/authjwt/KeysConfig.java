// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys are.
 *
 * @param file a JSON Web Key Set, relative to the folder of the configuration; null if there is none
 * @param url of a JSON Web Key Set; null if there is none
 * @param refresh how often the URL is asked without need
 * @param refetchMin how long after an answer or a failure the URL is asked again because of a key that is not known
 * @param timeout longest that the URL may take for the whole answer
 */
public record KeysConfig(
        @Nullable String file, @Nullable String url, Duration refresh, Duration refetchMin, Duration timeout) {

    /** Fills in what is left out, and checks the rest. */
    public KeysConfig {
        refresh = refresh == null ? Duration.ofMinutes(15) : refresh;
        refetchMin = refetchMin == null ? Duration.ofSeconds(10) : refetchMin;
        timeout = timeout == null ? Duration.ofSeconds(5) : timeout;
        if (file == null && url == null) {
            throw wrong("file", "none", "a file, or a url, with a JSON Web Key Set");
        }
        if (url != null && !isHttp(url)) {
            throw wrong("url", url, "such as https://id.example.com/.well-known/jwks.json");
        }
        check("refresh", refresh, Duration.ofSeconds(1), Duration.ofDays(1));
        check("refetch-min", refetchMin, Duration.ofMillis(100), Duration.ofHours(1));
        check("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static void check(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, value.toMillis() + "ms", min.toMillis() + "ms to " + max.toMillis() + "ms");
        }
    }

    static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }
}
