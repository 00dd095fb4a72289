// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.skep.extension.process.Wire.Answer;
import io.skep.extension.process.Wire.Call;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator.Exchange;
import io.skep.sdk.auth.Login;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Exchanges of AUTH packets with a program that does what its client says. */
class AuthenticationTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    private FakeProgram program;
    private @Nullable Harness harness;

    @BeforeEach
    void start() throws Exception {
        program = FakeProgram.answering((message, stream) -> message.getCallsList()
                .forEach(call -> FakeProgram.answer(stream, answer(call).setId(call.getId()))));
    }

    @AfterEach
    void stop() {
        if (harness != null) {
            harness.close();
        }
        program.close();
    }

    private static Answer.Builder answer(Call call) {
        ByteString data = call.getAuthentication().getData();
        Answer.Builder answer = Answer.newBuilder();
        return switch (data.toStringUtf8()) {
            case "allow" ->
                answer.setAllow(Wire.Allow.newBuilder().setEverything(true).setData(data));
            case "deny" -> answer.setDeny(Wire.Deny.newBuilder().setText("by the program"));
            case "move" ->
                answer.setDeny(Wire.Deny.newBuilder().setReasonCode(0x9D).setServerReference("b.example"));
            case "next" -> answer.setNext(Wire.Next.getDefaultInstance());
            case "drop" -> answer.setDrop(Wire.Drop.getDefaultInstance());
            case "nothing" -> answer.setAllow(Wire.Allow.getDefaultInstance());
            default -> answer.setChallenge(Wire.Challenge.newBuilder().setData(data));
        };
    }

    private Exchange begin() throws Exception {
        Harness fresh = harness;
        if (fresh == null) {
            fresh = Harness.start(broker, program.address(), "deadline: 20s\n");
            harness = fresh;
            fresh.awaitConnected();
        }
        Login login = new Login(Harness.client("c"), "secret".getBytes(UTF_8));
        return fresh.hooks.method("PROOF").begin(login);
    }

    private static CompletableFuture<AuthAnswer> say(Exchange exchange, String text) {
        AuthAnswer answer = exchange.answer(text.getBytes(UTF_8));
        return answer instanceof AuthAnswer.Later later
                ? later.stage().<AuthAnswer>thenApply(given -> given).toCompletableFuture()
                : CompletableFuture.completedFuture(answer);
    }

    @Test
    void theStepsOfAnExchangeNameTheCallThatBeganIt() throws Exception {
        Exchange exchange = begin();
        assertThat(say(exchange, "one").join())
                .isInstanceOfSatisfying(
                        AuthAnswer.Continue.class,
                        more -> assertThat(more.data()).isEqualTo("one".getBytes(UTF_8)));
        assertThat(say(begin(), "other").join()).isInstanceOf(AuthAnswer.Continue.class);
        say(exchange, "two").join();
        assertThat(say(exchange, "allow").join())
                .isInstanceOfSatisfying(
                        AuthAnswer.Allow.class,
                        allow -> assertThat(allow.data()).isEqualTo("allow".getBytes(UTF_8)));
        List<Call> calls = program.calls();
        long begunBy = calls.get(0).getId();
        assertThat(calls)
                .extracting(call -> call.getAuthentication().getBegunBy())
                .containsExactly(0L, 0L, begunBy, begunBy);
        assertThat(calls)
                .extracting(call -> call.getAuthentication().hasLogin())
                .as("the password comes once")
                .containsExactly(true, true, false, false);
        assertThat(calls.get(0).getAuthentication().getLogin().getPassword().toStringUtf8())
                .isEqualTo("secret");
        assertThat(calls.get(3).getAuthentication().getMethod()).isEqualTo("PROOF");
        assertThat(calls.get(3).getClient().getId()).isEqualTo("c");
    }

    @Test
    void aRefusalHasTheReasonOfTheProgram() throws Exception {
        assertThat(say(begin(), "deny").join())
                .isEqualTo(new AuthAnswer.Deny(ReasonCode.NOT_AUTHORIZED, "by the program", null));
        assertThat(say(begin(), "move").join())
                .isEqualTo(new AuthAnswer.Deny(ReasonCode.SERVER_MOVED, "", "b.example"));
        assertThat(say(begin(), "next").join()).isEqualTo(AuthAnswer.next());
    }

    @Test
    void clientsOfABrokerAreDecidedOnAndWhileTheProgramIsAwayNobodyGetsIn() throws Exception {
        Harness.configure(
                broker,
                "address: " + program.address() + "\nhooks: [enhanced-authenticate]\n"
                        + "authentication-methods: [PROOF, TOKEN]\ndeadline: 20s\n");
        broker.extension("extension-process", new ExtensionProcess());
        try (Person ann = new Person("ann", broker.port());
                Person ben = new Person("ben", broker.port());
                Person eve = new Person("eve", broker.port())) {
            Harness.await("let in, when the program is there", () -> ann.authenticate("PROOF", "allow") == 0);
            assertThat(ben.authenticate("TOKEN", "allow")).isZero();
            assertThat(eve.authenticate("PROOF", "deny")).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
            assertThat(eve.authenticate("PROOF", "next")).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
            assertThat(eve.authenticate("PROOF", "drop")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE.code());
            assertThat(eve.authenticate("OTHER", "allow")).isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD.code());
            program.close();
            Harness.await(
                    "a refusal", () -> eve.authenticate("PROOF", "allow") == ReasonCode.SERVER_UNAVAILABLE.code());
        }
    }

    @Test
    void anAnswerThatMakesNoSenseIsAFailure() throws Exception {
        assertThatThrownBy(say(begin(), "drop")::join).hasMessageContaining("DROP (expected: challenge");
        assertThatThrownBy(say(begin(), "nothing")::join).hasMessageContaining("allow with nothing");
    }

    @Test
    void anExchangeDoesNotGoOnWithAProgramThatHasComeBack() throws Exception {
        Exchange exchange = begin();
        say(exchange, "one").join();
        FakeProgram.end(program.streams.get(0), Status.UNAVAILABLE);
        Harness.await("the next stream", () -> program.streams.size() == 2);
        Harness.await("connected", () -> {
            try {
                return say(begin(), "allow").join() instanceof AuthAnswer.Allow;
            } catch (Exception e) {
                return false;
            }
        });
        assertThatThrownBy(say(exchange, "allow")::join).hasMessageContaining("program: ");
    }
}
