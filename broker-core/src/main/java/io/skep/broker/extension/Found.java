// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;

/**
 * A file of the extensions folder as it was read once, and why nothing of it runs, if so. A file that has changed is
 * another one.
 */
final class Found {

    private final Path source;
    private final String stamp;
    private final @Nullable Path copy;
    private final @Nullable PluginDescriptor descriptor;
    private final String defect;
    private String problem = "";
    private @Nullable Throwable cause;
    private String reported = "";
    private @Nullable Failure failure;

    /** A start that failed, with what the extension depended on: there is no use in another one until that changes. */
    private record Failure(List<Long> dependencies, String message) {}

    private Found(
            Path source, String stamp, @Nullable Path copy, @Nullable PluginDescriptor descriptor, String defect) {
        this.source = source;
        this.stamp = stamp;
        this.copy = copy;
        this.descriptor = descriptor;
        this.defect = defect;
    }

    /** {@return a file with a working copy and a manifest; with a defect it cannot run whatever happens} */
    static Found of(Path source, String stamp, Path copy, PluginDescriptor descriptor, String defect) {
        return new Found(source, stamp, copy, descriptor, defect);
    }

    /** {@return a file of which not even the manifest could be read} */
    static Found unreadable(Path source, String stamp, String defect, @Nullable Throwable cause) {
        Found found = new Found(source, stamp, null, null, defect);
        found.cause = cause;
        return found;
    }

    Path source() {
        return source;
    }

    String stamp() {
        return stamp;
    }

    String file() {
        return source.getFileName().toString();
    }

    boolean isDefective() {
        return !defect.isEmpty();
    }

    String id() {
        return descriptor == null ? file() : descriptor.getPluginId();
    }

    String version() {
        return descriptor == null ? "" : descriptor.getVersion();
    }

    List<PluginDependency> dependencies() {
        return descriptor == null ? List.of() : descriptor.getDependencies();
    }

    @Nullable Path copy() {
        return copy;
    }

    @Nullable PluginDescriptor descriptor() {
        return descriptor;
    }

    /** {@return why nothing of it runs; empty if it does, or may not} */
    String problem() {
        return problem;
    }

    /** Everything is looked at anew. */
    void clearProblem() {
        problem = defect;
    }

    void problem(String why) {
        problem = why;
    }

    /** Notes that a start has failed. */
    void failed(BrokenExtensionException why, List<Long> dependencies) {
        problem = why.getMessage();
        cause = why.getCause();
        failure = new Failure(dependencies, problem);
    }

    /** {@return whether a start with these has failed before; if so, that is its problem again} */
    boolean hasFailedWith(List<Long> dependencies) {
        if (failure == null || !failure.dependencies.equals(dependencies)) {
            return false;
        }
        problem = failure.message;
        return true;
    }

    /** {@return whether there is a problem that nobody was told of} */
    boolean takeNews() {
        boolean isNew = !problem.equals(reported);
        reported = problem;
        return isNew && !problem.isEmpty();
    }

    /** {@return what is behind the problem, once: it may keep a class loader from being collected} */
    @Nullable Throwable takeCause() {
        Throwable taken = cause;
        cause = null;
        return taken;
    }
}
