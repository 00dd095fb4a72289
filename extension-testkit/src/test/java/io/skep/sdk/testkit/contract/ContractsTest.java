// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.DeliveryInterceptor;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The contracts find what is wrong, and nothing in what is right. */
class ContractsTest {

    private static final long CPU_NANOS = 40_000_000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    private record Password(String password) {}

    private static Decision check(Password config, Login login) {
        return login.password() != null && login.passwordText().equals(config.password())
                ? Decision.allow()
                : Decision.next();
    }

    private static class Authenticators extends AuthenticatorContractTest {

        private final Extension extension;

        Authenticators(Extension extension) {
            this.extension = extension;
        }

        @Override
        protected String id() {
            return "gate";
        }

        @Override
        protected String config() {
            return "password: secret\n";
        }

        @Override
        protected Extension extension() {
            return extension;
        }

        @Override
        protected Login login() {
            return login("ann-1", "ann", "secret");
        }
    }

    private AuthenticatorContractTest authenticator(Authenticator authenticator) throws Exception {
        AuthenticatorContractTest contract =
                new Authenticators(context -> context.hooks().authenticator(authenticator));
        contract.start(folder);
        return contract;
    }

    private static void assertFound(Executable rule, String text) {
        assertThatThrownBy(rule::execute).hasMessageContaining(text);
    }

    @Test
    void anAuthenticatorThatLetsEverybodyInIsFound() throws Exception {
        AuthenticatorContractTest contract = authenticator(login -> Decision.allow());
        assertFound(contract::anotherPasswordIsNotLetInWithinTheDeadline, "Allow");
        assertFound(contract::withoutItsConfigurationNobodyIsLetIn, "Allow");
        assertThatCode(contract::theRightPasswordIsLetInWithinTheDeadline).doesNotThrowAnyException();
    }

    @Test
    void anAuthenticatorThatFailsOnWhatClientsMaySendIsFound() throws Exception {
        AuthenticatorContractTest contract = authenticator(login -> {
            Objects.requireNonNull(login.password(), "password");
            return Objects.requireNonNull(login.client().userName(), "user name")
                            .equals("ann")
                    ? Decision.deny()
                    : Decision.next();
        });
        assertFound(contract::passwordsOfAnyBytesAreAnsweredAndNotLetIn, "password");
        assertFound(contract::strangeNamesAndNoneAreAnswered, "user name");
    }

    @Test
    void anAuthenticatorThatWaitsOrComputesOnTheLoopIsFound() throws Exception {
        AuthenticatorContractTest waits = authenticator(login -> {
            LockSupport.parkNanos(100_000);
            return Decision.next();
        });
        assertFound(waits::theThreadThatAsksIsNotKept, "waits on the thread");
        waits.stop();
        AuthenticatorContractTest computes = authenticator(login -> {
            long end = threads.getCurrentThreadCpuTime() + CPU_NANOS;
            int hash = 0;
            while (threads.getCurrentThreadCpuTime() < end) {
                hash = 31 * hash + login.passwordText().hashCode();
            }
            return hash == 0 ? Decision.deny() : Decision.next();
        });
        assertFound(computes::theThreadThatAsksIsNotKept, "computes on the thread");
    }

    @Test
    void anAuthenticatorThatMixesUpItsClientsIsFound() throws Exception {
        AtomicReference<Login> last = new AtomicReference<>();
        AuthenticatorContractTest contract = new Authenticators(context -> {
            Password config = context.config(Password.class);
            context.hooks().authenticator(login -> {
                last.set(login);
                return Decision.later(CompletableFuture.supplyAsync(
                        () -> {
                            LockSupport.parkNanos(10_000);
                            return check(config, Objects.requireNonNull(last.getAndSet(login)));
                        },
                        context.executor()));
            });
        });
        contract.start(folder);
        assertFound(
                () -> {
                    for (int i = 0; i < 1_000; i++) { // it is a race, after all
                        contract.threadsThatAskAtTheSameTimeGetTheAnswersToTheirOwnQuestions();
                    }
                },
                "let in");
    }

    private record Authorizers(Authorizer authorizer) {

        AuthorizerContractTest contract() {
            return new AuthorizerContractTest() {
                @Override
                protected String id() {
                    return "gate";
                }

                @Override
                protected String config() {
                    return "";
                }

                @Override
                protected Extension extension() {
                    return context -> context.hooks().authorizer(authorizer);
                }

                @Override
                protected Client client() {
                    return client("ann-1", "ann");
                }

                @Override
                protected Operation allowed() {
                    return new Operation(Action.PUBLISH, "own/ann", Qos.AT_MOST_ONCE, false);
                }

                @Override
                protected Operation denied() {
                    return new Operation(Action.PUBLISH, "own/ben", Qos.AT_MOST_ONCE, false);
                }
            };
        }
    }

    @Test
    void anAuthorizerIsAskedWhatItSaysItAnswers() throws Exception {
        AuthorizerContractTest right = new Authorizers((client, operation) ->
                        operation.topic().equals("own/" + client.userName()) ? Decision.allow() : Decision.deny())
                .contract();
        assertThat(Kept.failures(right, folder)).isEmpty();
        AuthorizerContractTest wrong = new Authorizers((client, operation) ->
                        Objects.requireNonNull(client.userName(), "user name").isEmpty()
                                ? Decision.deny()
                                : Decision.allow())
                .contract();
        wrong.start(folder);
        assertFound(wrong::whatIsDeniedIsDenied, "Deny");
        assertFound(wrong::anyOperationOfAnyoneIsAnswered, "user name");
    }

    private static PublishInterceptorContractTest interceptor(PublishInterceptor interceptor) {
        return new PublishInterceptorContractTest() {
            @Override
            protected String id() {
                return "stamp";
            }

            @Override
            protected String config() {
                return "";
            }

            @Override
            protected Extension extension() {
                return context -> context.hooks().publishInterceptor(interceptor);
            }

            @Override
            protected List<String> topics() {
                return List.of("a", "b/c");
            }

            @Override
            protected Set<Part> mayChange() {
                return Set.of(Part.PAYLOAD);
            }
        };
    }

    @Test
    void anInterceptorThatChangesMoreThanItMayIsFound() throws Exception {
        PublishInterceptorContractTest right = interceptor(
                (client, publish) -> PublishAnswer.change(publish.withPayload(ByteBuffer.wrap(new byte[] {1}))));
        assertThat(Kept.failures(right, folder)).isEmpty();
        PublishInterceptorContractTest wrong =
                interceptor((client, publish) -> PublishAnswer.change(publish.withUserProperties(List.of())));
        wrong.start(folder);
        assertFound(wrong::whateverIsLegalIsAnsweredWithinTheDeadline, "userProperties=[");
    }

    @Test
    void anInterceptorThatIsForOneThreadOrKnownClientsOnlyIsFound() throws Exception {
        byte[] shared = new byte[8];
        PublishInterceptorContractTest contract = interceptor((client, publish) -> {
            assertThat(client.listener()).as("listener").isNotEmpty();
            for (int i = 0; i < shared.length; i++) {
                shared[i] = (byte) publish.topic().length();
                LockSupport.parkNanos(10_000);
            }
            return PublishAnswer.change(publish.withPayload(ByteBuffer.wrap(shared)));
        });
        contract.start(folder);
        assertFound(contract::aWillOfWhomNothingIsKnownButTheIdIsNoFailure, "listener");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        contract.threadsThatAskAtTheSameTimeGetTheAnswersToTheirOwnQuestions();
                    }
                })
                .isInstanceOf(AssertionError.class);
    }

    private Map<String, String> failures(DeliveryInterceptor interceptor) throws Exception {
        return Kept.failures(
                new DeliveryInterceptorContractTest() {
                    @Override
                    protected String id() {
                        return "stamp";
                    }

                    @Override
                    protected Extension extension() {
                        return context -> context.hooks().deliveryInterceptor(interceptor);
                    }

                    @Override
                    protected List<String> topics() {
                        return List.of("a", "b/c");
                    }

                    @Override
                    protected Set<Part> mayChange() {
                        return Set.of(Part.TOPIC);
                    }
                },
                folder);
    }

    @Test
    void aDeliveryInterceptorThatChangesMoreThanItMayOrHasNoAnswerIsFound() throws Exception {
        assertThat(failures((client, publish) -> publish.topic().equals("a")
                        ? DeliveryAnswer.change(publish.withTopic("b"))
                        : DeliveryAnswer.drop()))
                .isEmpty();
        String rule = "whateverIsLegalIsAnsweredWithinTheDeadline";
        assertThat(failures((client, publish) -> DeliveryAnswer.change(publish.withRetain(true))))
                .hasEntrySatisfying(rule, failure -> assertThat(failure).contains("retain=true"));
        assertThat(failures((client, publish) -> client.id().equals("$SYS") ? Kept.none() : DeliveryAnswer.pass()))
                .hasEntrySatisfying(rule, failure -> assertThat(failure).contains("answer"));
    }
}
