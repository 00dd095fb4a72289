// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.nio.file.Path;
import java.util.List;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;

/**
 * An extension before its start.
 *
 * @param source where it was found
 * @param copy its working copy
 * @param descriptor what its manifest says
 */
record Staged(Path source, Path copy, PluginDescriptor descriptor) {

    String file() {
        return source.getFileName().toString();
    }

    String id() {
        return descriptor.getPluginId();
    }

    String version() {
        return descriptor.getVersion();
    }

    List<PluginDependency> dependencies() {
        return descriptor.getDependencies();
    }
}
