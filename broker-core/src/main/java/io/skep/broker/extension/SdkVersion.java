// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.sdk.Extension;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import org.pf4j.DefaultVersionManager;

/**
 * The version of the SDK that extensions are given.
 *
 * @param text a semantic version, without {@code -SNAPSHOT}: what is to become 1.2.0 fits who asks for 1.2.0
 */
record SdkVersion(String text) {

    private static final Pattern PLAIN = Pattern.compile("\\d+\\.\\d+\\.\\d+");

    static SdkVersion current() {
        try (InputStream version = Extension.class.getResourceAsStream("version")) {
            String text = new String(Objects.requireNonNull(version).readAllBytes(), StandardCharsets.UTF_8);
            return new SdkVersion(text.strip().replace("-SNAPSHOT", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return what is wrong with what an extension asks for; empty if nothing is}
     *
     * @param requires a range such as {@code >=1.2.0 & <2.0.0}; a plain version means at least that
     */
    String defect(String requires) {
        String range = PLAIN.matcher(requires).matches() ? ">=" + requires : requires;
        try {
            return satisfies(text, "Plugin-Requires", range)
                    ? ""
                    : "Plugin-Requires: " + requires + " (expected: fits SDK " + text
                            + "; update Skep, or take another version of the extension)";
        } catch (BrokenExtensionException e) {
            return e.getMessage();
        }
    }

    /** {@return whether a version is in a range; `name` is what the range is called where it is wrong} */
    static boolean satisfies(String version, String name, String range) {
        try {
            return new DefaultVersionManager().checkVersionConstraint(version, range);
        } catch (RuntimeException e) {
            throw new BrokenExtensionException(
                    name + ": " + range + " (expected: a range such as >=1.2.0 & <2.0.0, and semantic versions)");
        }
    }
}
