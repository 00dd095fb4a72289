// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDescriptor;

/** The files of the extensions folder as they were read last, by name, with their working copies. */
final class FoundFiles implements AutoCloseable {

    private final Staging staging = new Staging();
    private final SdkVersion sdk = SdkVersion.current();
    private final ManifestFinder manifests = new ManifestFinder();
    private final Map<Path, Found> files = new TreeMap<>();

    FoundFiles() throws IOException {}

    /** Reads what is new or has changed; forgets what is gone. */
    void read(Map<Path, String> stamps) {
        files.keySet().retainAll(stamps.keySet());
        stamps.forEach((source, stamp) -> {
            Found known = files.get(source);
            if (known == null || !known.stamp().equals(stamp)) {
                Found fresh = read(source, stamp);
                if (ExtensionFolder.stamp(source).equals(stamp)) { // else it has changed meanwhile, and settles again
                    files.put(source, fresh);
                }
            }
        });
    }

    /** Reads files again as if they had changed: those of an extension, or all without an id. */
    void readAgain(@Nullable String id) {
        files.replaceAll((source, known) -> id == null || known.id().equals(id) ? read(source, known.stamp()) : known);
    }

    private Found read(Path source, String stamp) {
        try {
            Path copy = staging.copy(source);
            PluginDescriptor descriptor = manifests.find(copy);
            String defect = sdk.defect(descriptor.getRequires().strip());
            return Found.of(source, stamp, copy, descriptor, defect);
        } catch (IOException e) {
            String defect = "cannot be read: " + e + " (expected: a whole file; copy it again)";
            return Found.unreadable(source, stamp, defect, null);
        } catch (BrokenExtensionException e) {
            return Found.unreadable(source, stamp, e.getMessage(), e.getCause());
        }
    }

    Collection<Found> all() {
        return List.copyOf(files.values());
    }

    /** {@return what was read of a file last; null if it is gone} */
    @Nullable Found get(Path source) {
        return files.get(source);
    }

    /** Deletes the working copies that nobody uses: neither a file that is there, nor others. */
    void deleteCopiesBut(Stream<Found> others) {
        Set<Path> used = Stream.concat(files.values().stream(), others)
                .map(Found::copy)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(HashSet::new));
        staging.keep(used);
    }

    @Override
    public void close() {
        files.clear();
        staging.close();
    }
}
