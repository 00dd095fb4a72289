// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.publish.PublishInterceptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** All hooks at one moment, sorted into their chains. */
record Chains(
        List<ExtensionHooks> extensions,
        List<Hook<Authenticator>> authenticators,
        List<Hook<AuthMethod>> authMethods,
        List<Hook<Authorizer>> authorizers,
        List<Hook<PublishInterceptor>> interceptors,
        List<Listener> listeners) {

    private static final Comparator<Hook<?>> ORDER = Comparator.<Hook<?>>comparingInt(
                    hook -> hook.options().order())
            .thenComparing(hook -> hook.owner().extension());

    static final Chains NONE = of(List.of());

    Chains replace(Collection<ExtensionHooks> old, Collection<ExtensionHooks> fresh) {
        List<ExtensionHooks> next = new ArrayList<>(extensions);
        next.removeAll(old);
        next.addAll(fresh);
        return of(List.copyOf(next));
    }

    /** {@return all hooks that are asked, kind by kind, each kind in its order} */
    List<HookPlace> places() {
        return Stream.of(authenticators, authMethods, authorizers, interceptors)
                .flatMap(Collection::stream)
                .map(hook -> new HookPlace(
                        hook.kind(),
                        hook.owner().extension(),
                        hook.options().order(),
                        hook.options().topicFilter()))
                .toList();
    }

    private static Chains of(List<ExtensionHooks> extensions) {
        return new Chains(
                extensions,
                chain(extensions, ExtensionHooks::authenticators),
                chain(extensions, ExtensionHooks::authMethods),
                chain(extensions, ExtensionHooks::authorizers),
                chain(extensions, ExtensionHooks::interceptors),
                extensions.stream()
                        .map(ExtensionHooks::listeners)
                        .flatMap(Collection::stream)
                        .toList());
    }

    private static <H> List<Hook<H>> chain(
            List<ExtensionHooks> extensions, Function<ExtensionHooks, List<Hook<H>>> kind) {
        return extensions.stream()
                .map(kind)
                .flatMap(Collection::stream)
                .sorted(ORDER)
                .toList();
    }
}
