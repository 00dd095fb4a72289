// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.extension.LoadedExtension.State;
import io.skep.broker.hook.ExtensionHooks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what runs what the extensions folder says. {@link #deploy} compares the two anew each time: what a file asks
 * for is started beside what runs, dependencies first; the hooks of all that come and go change in one step; what has
 * left stops when its calls have ended ({@link Retirement}). If the new one cannot run, the old one goes on. An
 * extension whose dependency was replaced is replaced as well, for it uses the classes of the old one.
 *
 * <p>Used by one thread at a time.
 */
final class Deployment {

    private static final Logger log = LoggerFactory.getLogger(Deployment.class);

    private final Environment environment;
    private final FoundFiles files;
    private final List<Retirement> retirements = new ArrayList<>();
    private final Set<RunningExtension> untilTheEnd = new HashSet<>();
    private Map<String, RunningExtension> running = new LinkedHashMap<>(); // dependencies first
    private Set<String> disabled = Set.of();
    private List<? extends Executor> loops = List.of();
    private boolean active;
    private long started;

    Deployment(Environment environment, FoundFiles files) {
        this.environment = environment;
        this.files = files;
    }

    /** Makes what runs what the files say, but for the ids that are disabled. */
    void deploy(Set<String> disabledIds) {
        disabled = Set.copyOf(disabledIds);
        files.all().forEach(Found::clearProblem);
        Map<String, Found> wanted = wanted();
        Map<String, RunningExtension> next = new LinkedHashMap<>();
        while (!wanted.isEmpty()) {
            Found ready = firstReady(wanted);
            wanted.remove(ready.id());
            RunningExtension its = outcome(ready, running.get(ready.id()), next);
            if (its != null) {
                next.put(its.id(), its);
            }
        }
        Map<String, RunningExtension> before = running;
        running = next;
        swap(before.values(), next.values());
        report(before);
        deleteCopies();
    }

    /** {@return which file is to run for each id: that of the running one if it is still there, else the first} */
    private Map<String, Found> wanted() {
        Map<String, Found> wanted = new LinkedHashMap<>();
        for (RunningExtension old : running.values()) {
            Found now = files.get(old.found().source());
            if (untilTheEnd.contains(old) || (now != null && now.isDefective() && !disabled.contains(old.id()))) {
                wanted.put(old.id(), old.found());
            } else if (now != null && now.id().equals(old.id()) && !disabled.contains(now.id())) {
                wanted.put(now.id(), now);
            }
        }
        for (Found found : files.all()) {
            if (found.isDefective() || disabled.contains(found.id())) {
                continue;
            }
            Found first = wanted.putIfAbsent(found.id(), found);
            if (first != null && first != found && !first.source().equals(found.source())) {
                found.problem("Plugin-Id: " + found.id() + " (expected: not that of " + first.file()
                        + "; remove one of the two files)");
            }
        }
        return wanted;
    }

    /** {@return one that waits for no other; of a circle, any} */
    private Found firstReady(Map<String, Found> waiting) {
        return waiting.values().stream()
                .filter(found -> dependencyIds(found).noneMatch(waiting::containsKey))
                .findFirst()
                .orElseGet(() -> waiting.values().iterator().next());
    }

    /** {@return what it depends on, and what the one depends on that goes on if it fails} */
    private Stream<String> dependencyIds(Found found) {
        RunningExtension old = running.get(found.id());
        return Stream.concat(
                found.dependencies().stream().map(PluginDependency::getPluginId),
                old == null ? Stream.empty() : old.dependencies().keySet().stream());
    }

    /** {@return what is to run of an extension from now on; null if nothing can} */
    private @Nullable RunningExtension outcome(
            Found found, @Nullable RunningExtension old, Map<String, RunningExtension> next) {
        if (old != null && untilTheEnd.contains(old)) {
            return old;
        }
        boolean canGoOn = old != null
                && old.dependencies().entrySet().stream().allMatch(each -> next.get(each.getKey()) == each.getValue());
        Map<String, RunningExtension> dependencies;
        try {
            dependencies = dependencies(found, next);
        } catch (BrokenExtensionException e) {
            found.problem(e.getMessage());
            return canGoOn ? old : null;
        }
        if (old != null && old.found() == found && old.dependencies().equals(dependencies)) {
            return old;
        }
        List<Long> numbers = dependencies.values().stream()
                .map(RunningExtension::number)
                .sorted()
                .toList();
        if (!found.hasFailedWith(numbers)) {
            try {
                RunningExtension fresh = new RunningExtension(found, ++started, dependencies, environment);
                fresh.start();
                return fresh;
            } catch (BrokenExtensionException e) {
                found.failed(e, numbers);
            }
        }
        return canGoOn ? old : null;
    }

    private static Map<String, RunningExtension> dependencies(Found found, Map<String, RunningExtension> next) {
        Map<String, RunningExtension> dependencies = new LinkedHashMap<>();
        for (PluginDependency dependency : found.dependencies()) {
            String id = dependency.getPluginId();
            String range = dependency.getPluginVersionSupport();
            RunningExtension target = next.get(id);
            if (target != null) {
                if (!SdkVersion.satisfies(target.found().version(), "Plugin-Dependencies", range)) {
                    throw new BrokenExtensionException("Plugin-Dependencies: " + id + "@" + range
                            + " (expected: fits its version " + target.found().version() + ")");
                }
                dependencies.put(id, target);
            } else if (!dependency.isOptional()) {
                throw new BrokenExtensionException("Plugin-Dependencies: " + id
                        + " (expected: an extension that runs, without depending on this one)");
            }
        }
        return dependencies;
    }

    private void swap(Collection<RunningExtension> before, Collection<RunningExtension> after) {
        if (!active) {
            return;
        }
        List<RunningExtension> leaving = new ArrayList<>(before);
        leaving.removeAll(after);
        List<RunningExtension> coming = new ArrayList<>(after);
        coming.removeAll(before);
        environment.chains().replace(hooks(leaving), hooks(coming));
        guard();
        if (!leaving.isEmpty()) {
            Collections.reverse(leaving);
            retirements.add(new Retirement(leaving, this::turnOfEachLoop));
        }
    }

    /** Who authenticates once does not let everybody in when the extension is gone. */
    private void guard() {
        if (environment.chains().authenticates() && environment.chains().guard() && !loops.isEmpty()) {
            log.info("clients are authenticated from now on; a listener that is bound to 127.0.0.1 for want of that"
                    + " is bound to its address at the next start");
        }
    }

    private static List<ExtensionHooks> hooks(Collection<RunningExtension> extensions) {
        return extensions.stream().map(RunningExtension::hooks).toList();
    }

    private CompletableFuture<Void> turnOfEachLoop() {
        return CompletableFuture.allOf(loops.stream()
                .map(loop -> CompletableFuture.runAsync(() -> {}, loop))
                .toArray(CompletableFuture[]::new));
    }

    /** Says once what has changed, and what is wrong. */
    private void report(Map<String, RunningExtension> before) {
        running.forEach((id, now) -> {
            RunningExtension old = before.get(id);
            if (old == null) {
                log.info("extension {} {} runs", id, now.found().version());
            } else if (old != now) {
                log.info(
                        "extension {} {} runs, in place of {}",
                        id,
                        now.found().version(),
                        old.found().version());
            }
        });
        before.forEach((id, old) -> {
            if (!running.containsKey(id)) {
                log.info("extension {} {} is taken out", id, old.found().version());
            }
        });
        Set<Found> all = new LinkedHashSet<>(files.all());
        for (RunningExtension each : untilTheEnd) {
            Found found = each.found();
            boolean asked = files.get(found.source()) != found || disabled.contains(each.id());
            found.problem(asked ? "its storage is in use, so this takes effect at the next start" : "");
            all.add(found);
        }
        all.forEach(this::report);
    }

    private void report(Found found) {
        Throwable cause = found.takeCause();
        if (!found.takeNews()) {
            return;
        }
        RunningExtension goesOn = inPlaceOf(found);
        if (goesOn == null) {
            log.warn("extension {} is left out: {}", found.file(), found.problem(), cause);
        } else {
            log.warn(
                    "extension {} {} goes on, the change of {} is not used: {}",
                    goesOn.id(),
                    goesOn.found().version(),
                    found.file(),
                    found.problem(),
                    cause);
        }
    }

    /** {@return what runs though a file was to replace it} */
    private @Nullable RunningExtension inPlaceOf(Found found) {
        return running.values().stream()
                .filter(each -> each.found().source().equals(found.source())
                        || (each.id().equals(found.id())
                                && files.get(each.found().source()) == null))
                .findFirst()
                .orElse(null);
    }

    /** Lets the hooks take effect. */
    void activate(List<? extends Executor> ofTheBroker) {
        active = true;
        swap(List.of(), running.values());
        loops = List.copyOf(ofTheBroker);
    }

    /** An extension, and what it depends on, runs until the broker ends. */
    void keepUntilTheEnd(RunningExtension extension) {
        untilTheEnd.add(extension);
        extension.dependencies().values().forEach(this::keepUntilTheEnd);
    }

    /** Stops who has left and has nothing to do any more, and deletes working copies that nobody uses. */
    void tidy() {
        if (retirements.removeIf(Retirement::tryEnd)) {
            deleteCopies();
        }
    }

    private void deleteCopies() {
        Stream<RunningExtension> leaving = retirements.stream().flatMap(Retirement::leaving);
        files.deleteCopiesBut(Stream.concat(running.values().stream(), leaving).map(RunningExtension::found));
    }

    Collection<RunningExtension> running() {
        return running.values();
    }

    /** Stops all. */
    void stop() {
        retirements.forEach(Retirement::end);
        retirements.clear();
        List<RunningExtension> last = new ArrayList<>(running.values());
        Collections.reverse(last);
        environment.chains().replace(hooks(last), List.of());
        last.forEach(RunningExtension::stop);
        running = new LinkedHashMap<>();
        files.close();
    }

    /** {@return what runs, in the order of the starts, then what does not, by file} */
    List<LoadedExtension> loaded() {
        List<LoadedExtension> all = new ArrayList<>();
        for (RunningExtension each : running.values()) {
            Found found = each.found();
            Found now = files.get(found.source());
            String note = found.problem().isEmpty() && now != null ? now.problem() : found.problem();
            all.add(new LoadedExtension(found.file(), found.id(), found.version(), State.STARTED, note));
        }
        for (Found found : files.all()) {
            if (running.values().stream()
                    .noneMatch(each -> each.found().source().equals(found.source()))) {
                boolean off = !found.isDefective() && disabled.contains(found.id());
                State state = off ? State.DISABLED : State.FAILED;
                all.add(new LoadedExtension(found.file(), found.id(), found.version(), state, found.problem()));
            }
        }
        return all;
    }
}
