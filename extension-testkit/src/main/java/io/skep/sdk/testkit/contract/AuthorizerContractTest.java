// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.testkit.BareContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker relies on in an extension that is asked about operations. Inherit it, and say what is what. */
public abstract class AuthorizerContractTest {

    private static final int QUESTIONS = 100;
    private static final int THREADS = 4;

    private Started started;

    /** For subclasses. */
    protected AuthorizerContractTest() {}

    /** {@return the id of the extension} */
    protected abstract String id();

    /** {@return the content of its configuration file} */
    protected abstract String config();

    /** {@return a new one, which is then started} */
    protected abstract Extension extension();

    /** {@return who asks; {@link #client} makes one} */
    protected abstract Client client();

    /** {@return what it has to allow, or leave to the next} */
    protected abstract Operation allowed();

    /** {@return what it has to deny} */
    protected abstract Operation denied();

    /**
     * {@return the context that the extension is started with; one with services, if it uses any}
     *
     * @param configFolder where the configuration is
     */
    protected BareContext context(Path configFolder) {
        return new BareContext(id(), configFolder);
    }

    /**
     * {@return an MQTT 5.0 client on this machine}
     *
     * @param id its id
     * @param userName null for none
     */
    protected static Client client(String id, @Nullable String userName) {
        return Started.client(id, userName);
    }

    @BeforeEach
    final void start(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(id() + ".yaml"), config());
        started = Started.of(extension(), context(folder));
    }

    @AfterEach
    final void stop() throws Exception {
        started.stop();
    }

    private Decision ask(Client client, Operation operation) {
        Authorizer authorizer = started.context().hook(Authorizer.class);
        return Started.decided(
                authorizer.authorize(client, operation),
                started.context().options(authorizer).deadline());
    }

    @Test
    final void whatIsAllowedIsNotDenied() {
        assertThat(ask(client(), allowed())).isNotInstanceOf(Decision.Deny.class);
    }

    @Test
    final void whatIsDeniedIsDenied() {
        assertThat(ask(client(), denied())).isInstanceOf(Decision.Deny.class);
    }

    @Test
    final void anyOperationOfAnyoneIsAnswered() {
        for (Client client : List.of(client(), client(client().id(), null), client("+/#", "$SYS"))) {
            for (String topic : List.of("a", "/", "a//b", "$SYS/x", "ä".repeat(30_000))) {
                for (Qos qos : Qos.values()) {
                    ask(client, new Operation(Action.PUBLISH, topic, qos, true));
                    ask(client, new Operation(Action.SUBSCRIBE, topic + "/+/#", qos, false));
                }
            }
        }
    }

    @Test
    final void theThreadThatAsksIsNotKept() {
        Authorizer authorizer = started.context().hook(Authorizer.class);
        Promptness.check(() -> authorizer.authorize(client(), allowed()));
    }

    @Test
    final void whoAsksAtTheSameTimeGetsTheAnswerToItsOwnQuestion() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Decision>> answers = IntStream.range(0, QUESTIONS)
                    .mapToObj(i -> threads.submit(() -> ask(client(), i % 2 == 0 ? allowed() : denied())))
                    .toList();
            for (int i = 0; i < QUESTIONS; i++) {
                assertThat(answers.get(i).get() instanceof Decision.Deny)
                        .as("question " + i)
                        .isEqualTo(i % 2 == 1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
