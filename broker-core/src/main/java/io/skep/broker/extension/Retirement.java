// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extensions that have left the chains together. They stop when no call of theirs is under way, dependents first. A
 * call may be, for whoever began to walk along the old chains ends on them: in a turn of a loop, or resting until a
 * hook has answered. A conversation of AUTH packets knows its partner for longer: so they are marked first, from when
 * on nobody calls them, and stop when each loop has begun another turn after that.
 */
final class Retirement {

    private static final Logger log = LoggerFactory.getLogger(Retirement.class);
    private static final long WAIT_NANOS_MAX = Duration.ofSeconds(60).toNanos();

    private final List<RunningExtension> leaving;
    private final Supplier<CompletableFuture<Void>> turnOfEachLoop;
    private final long beginNanos = System.nanoTime();
    private CompletableFuture<Void> turns;
    private boolean marked;

    /**
     * Of extensions whose hooks are in no chain any more.
     *
     * @param leaving dependents first
     * @param turnOfEachLoop completes when each loop has ended the turn that it is in
     */
    Retirement(List<RunningExtension> leaving, Supplier<CompletableFuture<Void>> turnOfEachLoop) {
        this.leaving = List.copyOf(leaving);
        this.turnOfEachLoop = turnOfEachLoop;
        this.turns = turnOfEachLoop.get();
    }

    /** {@return whether they have stopped, now if it is time} */
    boolean tryEnd() {
        boolean quiet =
                turns.isDone() && leaving.stream().allMatch(each -> each.hooks().isIdle());
        if (quiet && !marked) {
            leaving.forEach(each -> each.hooks().retire());
            marked = true;
            turns = turnOfEachLoop.get();
            return false;
        }
        boolean late = System.nanoTime() - beginNanos > WAIT_NANOS_MAX;
        if (!quiet && !late) {
            return false;
        }
        if (!quiet) {
            log.warn("extension {}: stopped although not all of its calls and events have ended", ids());
        }
        end();
        return true;
    }

    /** Stops them now. */
    void end() {
        leaving.forEach(RunningExtension::stop);
    }

    Stream<RunningExtension> leaving() {
        return leaving.stream();
    }

    private List<String> ids() {
        return leaving.stream().map(RunningExtension::id).toList();
    }
}
