// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The configuration files that a test has given to extensions, by their ids. */
final class GivenConfigs {

    private final Map<String, String> contents = new LinkedHashMap<>();
    private Map<String, String> remembered = Map.of();

    void put(String id, String yaml) {
        contents.put(id, yaml);
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, String> content : contents.entrySet()) {
            Files.writeString(folder.resolve(content.getKey() + ".yaml"), content.getValue());
        }
    }

    /** Notes what holds before a test. */
    void remember() {
        remembered = Map.copyOf(contents);
    }

    /** {@return what the test has changed, as it was before; a file that was not there is an empty one} */
    Map<String, String> changes() {
        Map<String, String> before = new LinkedHashMap<>();
        contents.forEach((id, yaml) -> {
            String old = remembered.getOrDefault(id, "");
            if (!old.equals(yaml)) {
                before.put(id, old);
            }
        });
        return before;
    }
}
