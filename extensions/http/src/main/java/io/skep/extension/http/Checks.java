// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

/** What the records of configurations check; each failure is an {@link IllegalArgumentException} with the key. */
public final class Checks {

    private Checks() {}

    /** Refuses what is not between two bounds, both included. */
    public static void range(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, value.toMillis() + "ms", min.toMillis() + "ms to " + max.toMillis() + "ms");
        }
    }

    /** Refuses what is not between two bounds, both included. */
    public static void range(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw wrong(key, Integer.toString(value), min + " to " + max);
        }
    }

    /**
     * Refuses what is no address of an HTTP server, or has a login in it.
     *
     * @param example a right one, for the message
     */
    public static void url(String key, String value, String example) {
        if (!isHttp(value)) {
            throw wrong(key, value, "such as " + example);
        }
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Refuses headers that a request cannot have.
     *
     * @param key of the configuration, for the message, which has no value in it
     */
    public static void headers(String key, Map<String, String> headers) {
        headers.forEach((name, value) -> {
            try {
                HttpRequest.newBuilder(URI.create("http://localhost/")).header(name, value);
            } catch (IllegalArgumentException e) { // its message may contain the value
                throw wrong(key, name, "a header that may be set, without control characters");
            }
        });
    }

    /** {@return what says that a value is not as expected} */
    public static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }
}
