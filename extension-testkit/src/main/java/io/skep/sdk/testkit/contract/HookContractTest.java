// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is the same for all hooks that run on event loops: there are several, and none may be kept. */
abstract class HookContractTest extends ContractTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 50;

    /** Asks something usual, as an event loop does: it does not wait for an answer that comes later. */
    abstract void ask();

    /** {@return how often all there is to ask is asked by several threads together} */
    int rounds() {
        return ROUNDS;
    }

    @Test
    final void theThreadThatAsksIsNotKept() {
        Promptness.check(this::ask);
    }

    @Test
    final void threadsThatAskAtTheSameTimeGetTheAnswersToTheirOwnQuestions() throws Exception {
        List<?> alone = answers();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<List<?>>> together = new ArrayList<>();
            for (int i = 0; i < rounds(); i++) {
                together.add(threads.submit(() -> answers()));
            }
            for (Future<List<?>> answers : together) {
                assertSame(answers.get(), alone);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
