// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pf4j.ManifestPluginDescriptorFinder;

/** Finds the manifest of an extension: that of the JAR of a staged copy that has a {@code Plugin-Id}. */
final class ManifestFinder extends ManifestPluginDescriptorFinder {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    @Override
    protected Manifest readManifest(Path copy) {
        try {
            for (Path path : Staging.jars(copy)) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    Manifest manifest = jar.getManifest();
                    if (manifest != null && value(manifest, PLUGIN_ID) != null) {
                        return checked(manifest);
                    }
                }
            }
        } catch (IOException e) {
            throw new BrokenExtensionException("the JAR cannot be read: " + e.getMessage() + "; copy it again", e);
        }
        throw missing(PLUGIN_ID, "a manifest with Plugin-Id, Plugin-Version and Plugin-Class");
    }

    private static Manifest checked(Manifest manifest) {
        String id = value(manifest, PLUGIN_ID);
        if (id == null || !ID.matcher(id).matches()) {
            throw new BrokenExtensionException(
                    PLUGIN_ID + ": '" + id + "' (expected: letters, digits, '.', '-' and '_')");
        }
        if (value(manifest, PLUGIN_VERSION) == null) {
            throw missing(PLUGIN_VERSION, "a version such as 1.0.0 in the manifest");
        }
        if (value(manifest, PLUGIN_CLASS) == null) {
            throw missing(PLUGIN_CLASS, "the name of the class that implements io.skep.sdk.Extension in the manifest");
        }
        return manifest;
    }

    private static @Nullable String value(Manifest manifest, String name) {
        Attributes attributes = manifest.getMainAttributes();
        String value = attributes.getValue(name);
        return value == null || value.isBlank() ? null : value;
    }

    private static BrokenExtensionException missing(String name, String expected) {
        return new BrokenExtensionException(name + ": none (expected: " + expected + ")");
    }
}
