// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.Client;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.UnsubscribeRequest;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The hooks that ask the program. Every failure reaches the broker as one, and counts as what the options say. */
final class ProgramHooks {

    private final Program program;
    private final int deadlineMillis;

    ProgramHooks(Program program, ProcessConfig config) {
        this.program = program;
        this.deadlineMillis = (int) config.deadline().toMillis();
    }

    Decision authenticate(Login login) {
        if (!program.wants().hook(HookKind.AUTHENTICATE)) {
            return Decision.next();
        }
        Link link = program.link();
        return Decision.later(link.ask(timed(Questions.login(login))).thenApply(Answers::login));
    }

    EnhancedAuthenticator method(String method) {
        return new ProgramMethod(method, program, deadlineMillis);
    }

    Decision authorize(Client client, Operation operation) {
        if (!program.wants().operation(operation)) {
            return Decision.next();
        }
        Link link = program.link();
        return Decision.later(
                link.ask(timed(Questions.operation(client, operation))).thenApply(Answers::operation));
    }

    PublishAnswer intercept(Client client, Publish publish) {
        if (!program.wants().publish(publish.topic())) {
            return PublishAnswer.pass();
        }
        Link link = program.link();
        Publish kept = publish.copy();
        return PublishAnswer.later(
                link.ask(timed(Questions.publish(client, kept))).thenApply(answer -> Answers.publish(answer, kept)));
    }

    Interception<ConnectRequest> connect(ConnectRequest request) {
        return requested(
                HookKind.CONNECT, () -> Requests.connect(request), change -> Requests.changed(change, request));
    }

    Interception<SubscribeRequest> subscribe(Client client, SubscribeRequest request) {
        return requested(
                HookKind.SUBSCRIBE,
                () -> Requests.subscribe(client, request),
                change -> Requests.changed(change, request));
    }

    Interception<UnsubscribeRequest> unsubscribe(Client client, UnsubscribeRequest request) {
        return requested(
                HookKind.UNSUBSCRIBE,
                () -> Requests.unsubscribe(client, request),
                change -> Requests.changed(change, request));
    }

    private <T> Interception<T> requested(
            HookKind kind, Supplier<Wire.Call.Builder> question, Function<Wire.Change, T> changed) {
        return program.wants().hook(kind)
                ? Interception.later(
                        program.link().ask(timed(question.get())).thenApply(answer -> Answers.request(answer, changed)))
                : Interception.pass();
    }

    private Wire.Call.Builder timed(Wire.Call.Builder call) {
        return call.setDeadlineMillis(deadlineMillis);
    }
}
