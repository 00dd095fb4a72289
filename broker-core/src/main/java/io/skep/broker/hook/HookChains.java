// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.event.Event;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
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
        Chains chains = chains();
        return !chains.authenticators().isEmpty() || !chains.authMethods().isEmpty();
    }

    /** {@return whether an extension decides on single operations: else there is no need to ask} */
    public boolean authorizes() {
        return !chains().authorizers().isEmpty();
    }

    /** {@return whether an extension looks at what clients publish} */
    public boolean interceptsPublish() {
        return !chains().interceptors().isEmpty();
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
        if (chains.authenticators().isEmpty() && chains.authMethods().isEmpty()) {
            done.accept(guarded.get() ? NO_GUARD : Decision.allow());
        } else {
            new AuthenticatorWalk(chains.authenticators(), login, loop, done).run();
        }
    }

    /**
     * Opens a conversation with the extensions that know an authentication method.
     *
     * @return null if none does
     */
    public @Nullable AuthExchange exchange(String method, Login login, Loop loop) {
        List<Hook<AuthMethod>> knowing = chains().authMethods().stream()
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
        if (chains.authorizers().isEmpty()) {
            done.accept(Decision.allow());
        } else {
            new AuthorizerWalk(chains.authorizers(), client, operation, loop, done).run();
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
        if (chains.interceptors().isEmpty()) {
            done.accept(PublishAnswer.pass());
        } else {
            new InterceptorWalk(chains.interceptors(), client, publish, loop, done).run();
        }
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
