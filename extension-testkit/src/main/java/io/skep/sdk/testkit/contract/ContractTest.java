// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import io.skep.sdk.TopicFilter;
import io.skep.sdk.testkit.BareContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is the same in all contracts: the extension, its life, and that whatever is legal is answered legally. */
abstract class ContractTest {

    private static final int STARTS = 20;
    private static final long LOOK_NANOS = 20_000_000;

    /** What runs. */
    Started started;

    /** How long a busy machine may take for what costs nothing. */
    Duration patience = Duration.ofSeconds(20);

    /** {@return the id of the extension} */
    protected abstract String id();

    /** {@return the content of its configuration file; by default there is nothing in it} */
    protected String config() {
        return "";
    }

    /** {@return a new one, which is then started} */
    protected abstract Extension extension();

    /**
     * {@return the context that the extension is started with; one with services, if it uses any}
     *
     * @param configFolder where the configuration is
     */
    protected BareContext context(Path configFolder) {
        return new BareContext(id(), configFolder);
    }

    /** {@return whether its answers to the same questions differ, so that they cannot be compared; false by default} */
    protected boolean answersVary() {
        return false;
    }

    /**
     * Asks all there is to ask, legal things all of them, and fails if an answer is not legal.
     *
     * @return the answers, as values that can be compared
     */
    abstract List<?> answers();

    @BeforeEach
    final void start(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(id() + ".yaml"), config());
        started = Started.of(extension(), context(folder));
    }

    @AfterEach
    final void stop() throws Exception {
        started.stop();
    }

    final void startAnew() throws Exception {
        started.stop();
        started = Started.of(extension(), context(started.context().configFolder()));
    }

    final void assertSame(List<?> answers, List<?> others) {
        if (!answersVary()) {
            assertThat(answers).isEqualTo(others);
        }
    }

    /** {@return whether the broker asks a hook about some of these topics} */
    final boolean concerns(Object hook, String topics) {
        String own = started.context().options(hook).topicFilter();
        return own.equals("#") || TopicFilter.of(own).overlaps(TopicFilter.of(topics));
    }

    /** {@return the answer of a hook, at the latest at its deadline} */
    final <A> A settled(Object hook, @Nullable A answer, Started.Later<A> later) {
        return Started.settled(answer, later, started.context().options(hook).deadline());
    }

    @Test
    final void whateverIsLegalIsAnsweredWithinTheDeadline() {
        answers();
    }

    @Test
    final void itCanBeStoppedAndStartedAnewAndLeavesNoThreads() throws Exception {
        List<?> before = answers();
        long threads = threads();
        for (int i = 0; i < STARTS; i++) {
            startAnew();
            assertSame(answers(), before);
        }
        long end = System.nanoTime() + patience.toNanos();
        long left = threads() - threads;
        while (left >= STARTS && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_NANOS); // they may be about to end
            left = threads() - threads;
        }
        assertThat(left)
                .as("threads that are left of " + STARTS + " starts; stop() has to end those that start() began")
                .isLessThan(STARTS);
    }

    /**
     * All but those that nobody can end: the JDK itself ends the threads of an HTTP client that is not used any more.
     */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().matches("HttpClient-\\d+-SelectorManager"))
                .filter(thread -> !(thread instanceof ForkJoinWorkerThread worker
                        && worker.getPool() == ForkJoinPool.commonPool()))
                .count();
    }
}
