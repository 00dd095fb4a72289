// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.DisconnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.UnsubscribeRequest;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of all extensions. The chains are immutable and change as a whole: who began to walk along the old ones
 * ends on them.
 *
 * <p>What takes a {@link Loop} is called on it and answers on it: before the call returns, if every hook answered at
 * once (an already completed {@code later} counts as that), else in a later turn. The caller pauses its client
 * meanwhile, and ignores the answer if the client is gone. A hook that throws, answers null, has too many calls
 * unanswered or misses its deadline counts as what its fallback says.
 */
public final class HookChains {

    private static final Decision NO_GUARD =
            Decision.deny(ReasonCode.SERVER_UNAVAILABLE, "no extension authenticates clients any more");

    private final AtomicReference<Chains> current = new AtomicReference<>(Chains.NONE);
    private final AtomicBoolean guarded = new AtomicBoolean();

    /** Adds the hooks of an extension, and closes them: it can register no more. Any thread. */
    public void add(ExtensionHooks hooks) {
        replace(List.of(), List.of(hooks));
    }

    /** Takes the hooks of an extension out. Any thread. */
    public void remove(ExtensionHooks hooks) {
        replace(List.of(hooks), List.of());
    }

    /** Takes the hooks of extensions out and puts others in, in one step. Any thread. */
    public void replace(Collection<ExtensionHooks> old, Collection<ExtensionHooks> fresh) {
        fresh.forEach(ExtensionHooks::close);
        current.updateAndGet(chains -> chains.replace(old, fresh));
    }

    /** {@return whether it is new that nobody is let in while no extension authenticates, as it is from now on} */
    public boolean guard() {
        return !guarded.getAndSet(true);
    }

    /** {@return all hooks that are asked, kind by kind, each kind in the order in which they are asked} */
    public List<HookPlace> places() {
        return chains().places();
    }

    /** {@return whether an extension decides who may connect} */
    public boolean authenticates() {
        return authenticates(chains());
    }

    private static boolean authenticates(Chains chains) {
        return !chains.of(HookKind.AUTHENTICATOR).isEmpty()
                || !chains.of(HookKind.AUTH_METHOD).isEmpty();
    }

    /** {@return whether an extension decides on single operations: else there is no need to ask} */
    public boolean authorizes() {
        return !chains().of(HookKind.AUTHORIZER).isEmpty();
    }

    /** {@return whether an extension looks at what clients publish} */
    public boolean interceptsPublish() {
        return !chains().of(HookKind.PUBLISH).isEmpty();
    }

    /** {@return whether those who look at what clients publish can be asked more while answers are awaited} */
    public boolean mayInterceptMore() {
        for (Hook<PublishInterceptor> hook : chains().of(HookKind.PUBLISH)) {
            if (!hook.owner().hasRoom()) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether an extension looks at CONNECT} */
    public boolean interceptsConnect() {
        return !chains().of(HookKind.CONNECT).isEmpty();
    }

    /** {@return whether an extension looks at what clients are sent} */
    public boolean interceptsDelivery() {
        return !chains().of(HookKind.DELIVERY).isEmpty();
    }

    /** {@return whether an extension looks at SUBSCRIBE} */
    public boolean interceptsSubscribe() {
        return !chains().of(HookKind.SUBSCRIBE).isEmpty();
    }

    /** {@return whether an extension looks at UNSUBSCRIBE} */
    public boolean interceptsUnsubscribe() {
        return !chains().of(HookKind.UNSUBSCRIBE).isEmpty();
    }

    /** {@return whether an extension looks at what the broker answers} */
    public boolean interceptsReplies() {
        return !chains().of(HookKind.REPLY).isEmpty();
    }

    /** {@return whether an extension looks at acknowledgements of clients} */
    public boolean listensToAcks() {
        return !chains().of(HookKind.ACK).isEmpty();
    }

    /** {@return whether an extension looks at DISCONNECT of clients} */
    public boolean interceptsDisconnect() {
        return !chains().of(HookKind.DISCONNECT).isEmpty();
    }

    /** {@return what was counted of each extension} */
    public List<HookCounts> counts() {
        return chains().extensions().stream().map(ExtensionHooks::counts).toList();
    }

    /** {@return how long, and whose, answers of authorizers are remembered: another object when that may be another} */
    public AnswerMemory answerMemory() {
        return chains().answerMemory();
    }

    /** {@return whether an extension listens to events of a type: else there is no need to make them} */
    public boolean listens(Class<? extends Event> type) {
        List<Listener> listeners = chains().listeners();
        for (int i = 0; i < listeners.size(); i++) {
            if (listeners.get(i).type().isAssignableFrom(type)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Asks who may connect; without an authenticator everybody may, for then only loopback is bound, unless there was
     * one before.
     *
     * @param done gets an {@code Allow} or a {@code Deny}
     */
    public void authenticate(Login login, Loop loop, Consumer<? super Decision> done) {
        Chains chains = chains();
        if (!authenticates(chains)) {
            done.accept(guarded.get() ? NO_GUARD : Decision.allow());
        } else {
            new AuthenticatorWalk(chains.of(HookKind.AUTHENTICATOR), login, loop, done).run();
        }
    }

    /**
     * Opens a conversation with the extensions that know an authentication method.
     *
     * @return null if none does
     */
    public @Nullable AuthExchange exchange(String method, Login login, Loop loop) {
        List<Hook<AuthMethod>> knowing = chains().of(HookKind.AUTH_METHOD).stream()
                .filter(hook -> hook.call().name().equals(method))
                .toList();
        return knowing.isEmpty() ? null : new AuthExchange(knowing, login, loop);
    }

    /**
     * Asks whether a client may do something; if no hook minds, it may.
     *
     * @param done gets an {@code Allow} or a {@code Deny}
     */
    public void authorize(Client client, Operation operation, Loop loop, Consumer<? super Decision> done) {
        Chains chains = chains();
        if (chains.of(HookKind.AUTHORIZER).isEmpty()) {
            done.accept(Decision.allow());
        } else {
            new AuthorizerWalk(chains.of(HookKind.AUTHORIZER), client, operation, loop, done).run();
        }
    }

    /**
     * Shows a publish to the interceptors.
     *
     * @param publish valid until {@code done} was called
     * @param done gets {@code Pass} (nobody changed it), {@code Change} (the last one), {@code Drop} or {@code Deny}
     */
    public void intercept(Client client, Publish publish, Loop loop, Consumer<? super PublishAnswer> done) {
        Chains chains = chains();
        if (chains.of(HookKind.PUBLISH).isEmpty()) {
            done.accept(PublishAnswer.pass());
        } else {
            new InterceptorWalk(chains.of(HookKind.PUBLISH), client, publish, loop, done).run();
        }
    }

    /**
     * Shows a CONNECT to the interceptors.
     *
     * @param done gets {@code Pass} (nobody changed it), {@code Change} (the last one) or {@code Deny}
     */
    public void intercept(ConnectRequest connect, Loop loop, Consumer<? super Interception<ConnectRequest>> done) {
        PacketWalks.connect(chains(), connect, loop, done);
    }

    /**
     * Shows one filter of a SUBSCRIBE to the interceptors.
     *
     * @param done gets {@code Pass} (nobody changed it), {@code Change} (the last one) or {@code Deny}
     */
    public void intercept(
            Client client,
            SubscribeRequest subscribe,
            Loop loop,
            Consumer<? super Interception<SubscribeRequest>> done) {
        PacketWalks.subscribe(chains(), client, subscribe, loop, done);
    }

    /**
     * Shows one filter of an UNSUBSCRIBE to the interceptors.
     *
     * @param done gets {@code Pass} (nobody changed it), {@code Change} (the last one) or {@code Deny}
     */
    public void intercept(
            Client client,
            UnsubscribeRequest unsubscribe,
            Loop loop,
            Consumer<? super Interception<UnsubscribeRequest>> done) {
        PacketWalks.unsubscribe(chains(), client, unsubscribe, loop, done);
    }

    /**
     * Shows a message to the interceptors, on its way to one client.
     *
     * @return what is left of it; the same if nobody changed it, null if the client does not get it
     */
    public @Nullable Publish deliver(Client recipient, Publish publish, Loop loop) {
        return PacketWalks.deliver(chains(), recipient, publish, loop);
    }

    /** Shows what the broker answers to the interceptors. {@return what is left of it} */
    public Reply reply(Client client, Reply reply, Loop loop) {
        return PacketWalks.reply(chains(), client, reply, loop);
    }

    /** Shows an acknowledgement of a client to those that listen. */
    public void acknowledged(Client client, Reply ack, Loop loop) {
        PacketWalks.acknowledged(chains(), client, ack, loop);
    }

    /** Shows the DISCONNECT of a client to the interceptors. {@return what is left of it} */
    public DisconnectRequest disconnect(Client client, DisconnectRequest request, Loop loop) {
        return PacketWalks.disconnect(chains(), client, request, loop);
    }

    /** Tells the extensions that listen. Returns at once; what an extension cannot take is dropped. Any thread. */
    public void fire(Event event) {
        List<Listener> listeners = chains().listeners();
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).offer(event);
        }
    }

    private Chains chains() {
        return Objects.requireNonNull(current.get());
    }
}
