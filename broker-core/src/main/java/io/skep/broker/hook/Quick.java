// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.HookOptions.Fallback;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Calls of hooks that have no later answer: all of a chain at once, one after the other. */
final class Quick {

    private Quick() {}

    /** A hook that failed, and is to be taken as its fallback says. */
    interface Failed<V> {

        @Nullable V instead(V value, Fallback fallback);
    }

    /**
     * Shows a value to each hook of a chain, to each as the one before left it.
     *
     * @param ask gets the hook and the value; answers the value for the next, null to end the walk with nothing
     * @param failed what is taken instead of the answer of a hook that fails
     * @return what the last one left, null if one ended the walk
     */
    static <H, V> @Nullable V walk(
            List<Hook<H>> chain,
            Loop loop,
            V value,
            BiFunction<? super Hook<H>, ? super V, ? extends @Nullable V> ask,
            Failed<V> failed) {
        V current = value;
        for (int i = 0; i < chain.size(); i++) {
            Hook<H> hook = chain.get(i);
            V next = call(hook, loop, current, ask, failed);
            if (next == null) {
                return null;
            }
            current = next;
        }
        return current;
    }

    private static <H, V> @Nullable V call(
            Hook<H> hook,
            Loop loop,
            V value,
            BiFunction<? super Hook<H>, ? super V, ? extends @Nullable V> ask,
            Failed<V> failed) {
        Breaker.Phase admitted = hook.admit();
        if (admitted == null) {
            return failed.instead(value, hook.options().fallback());
        }
        Object outer = loop.enter(hook);
        try {
            V next = ask.apply(hook, value);
            hook.answered(admitted);
            return next;
        } catch (Throwable e) { // whatever an extension throws, linkage errors included, is its own failure
            return failed.instead(value, hook.failed(admitted, "failed", e));
        } finally {
            loop.leave(outer);
        }
    }
}
