// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * All hooks at one moment, sorted into their chains.
 *
 * @param byKind the chains, at the places of their kinds
 */
record Chains(
        List<ExtensionHooks> extensions,
        List<List<Hook<?>>> byKind,
        List<Listener> listeners,
        AnswerMemory answerMemory) {

    private static final Comparator<Hook<?>> ORDER = Comparator.<Hook<?>>comparingInt(
                    hook -> hook.options().order())
            .thenComparing(hook -> hook.owner().extension());

    static final Chains NONE = of(List.of());

    /** {@return the hooks of a kind, in their order} */
    @SuppressWarnings("unchecked") // a hook is in the chain of its kind
    <H> List<Hook<H>> of(HookKind<H> kind) {
        return (List<Hook<H>>) (List<?>) byKind.get(kind.place());
    }

    Chains replace(Collection<ExtensionHooks> old, Collection<ExtensionHooks> fresh) {
        List<ExtensionHooks> next = new ArrayList<>(extensions);
        next.removeAll(old);
        next.addAll(fresh);
        return of(List.copyOf(next));
    }

    /** {@return all hooks that are asked, kind by kind, each kind in its order} */
    List<HookPlace> places() {
        return byKind.stream()
                .flatMap(Collection::stream)
                .map(hook -> new HookPlace(
                        hook.kind().label(),
                        hook.owner().extension(),
                        hook.options().order(),
                        hook.options().topicFilter()))
                .toList();
    }

    private static Chains of(List<ExtensionHooks> extensions) {
        return new Chains(
                extensions,
                HookKind.ALL.stream().map(kind -> chain(extensions, kind)).toList(),
                extensions.stream()
                        .map(ExtensionHooks::listeners)
                        .flatMap(Collection::stream)
                        .toList(),
                new AnswerMemory(chain(extensions, HookKind.AUTHORIZER)));
    }

    private static List<Hook<?>> chain(List<ExtensionHooks> extensions, HookKind<?> kind) {
        return extensions.stream()
                .map(ExtensionHooks::hooks)
                .<Hook<?>>flatMap(Collection::stream)
                .filter(hook -> hook.kind().equals(kind))
                .sorted(ORDER)
                .toList();
    }
}
