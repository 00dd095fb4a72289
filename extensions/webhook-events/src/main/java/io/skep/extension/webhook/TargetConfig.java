// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.extension.http.Checks;
import io.skep.sdk.event.Event;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is told, and about what.
 *
 * @param url gets the events
 * @param events kinds, by the names of their records; all if left out
 * @param headers sent with each request
 * @param secret what requests are signed with; null for no signature
 * @param trust PEM file with the certificates that the server's is signed with, relative to the folder of the
 *     configuration; null for those of the JDK
 */
public record TargetConfig(
        String url,
        List<String> events,
        Map<String, String> headers,
        @Nullable String secret,
        @Nullable String trust) {

    private static final int SECRET_LENGTH_MIN = 16;

    /** Fills in what is left out, and checks the rest. */
    public TargetConfig {
        Checks.url("url", url == null ? "none" : url, "https://hooks.example.com/mqtt");
        events = events == null ? List.of() : List.copyOf(events);
        headers = headers == null ? Map.of() : Map.copyOf(headers);
        for (String event : events) {
            if (!kinds().contains(event)) {
                throw Checks.wrong("events", event, "some of " + String.join(", ", kinds()));
            }
        }
        if (secret != null && secret.length() < SECRET_LENGTH_MIN) {
            throw Checks.wrong("secret", "short", "at least " + SECRET_LENGTH_MIN + " characters");
        }
        Checks.headers("headers", headers);
    }

    /** {@return the names of all kinds of events that this broker knows} */
    private static List<String> kinds() {
        return Arrays.stream(Event.class.getDeclaredClasses())
                .map(Class::getSimpleName)
                .sorted()
                .toList();
    }

    /** {@return whether it is told about such events} */
    boolean wants(Event event) {
        return events.isEmpty() || events.contains(EventJson.kind(event));
    }

    /** {@return the URL without what may be secret} */
    String place() {
        return url.replaceFirst("[?#].*", "");
    }

    /** Without what opens the server. */
    @Override
    public String toString() {
        return place();
    }
}
