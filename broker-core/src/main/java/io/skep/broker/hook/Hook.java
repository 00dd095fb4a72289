// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.HookOptions;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.TopicFilter;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A registered hook.
 *
 * @param owner the hooks of its extension
 * @param kind which chain it is in
 * @param call what the extension gave
 * @param options how it is called
 * @param filter of the topics that it is called for; null for every topic
 */
record Hook<H>(
        ExtensionHooks owner,
        HookKind<H> kind,
        H call,
        HookOptions options,
        @Nullable TopicFilter filter) {

    static <H> Hook<H> of(ExtensionHooks owner, HookKind<H> kind, H call, HookOptions options) {
        String filter = options.topicFilter();
        return new Hook<>(owner, kind, call, options, filter.equals("#") ? null : TopicFilter.of(filter));
    }

    /** {@return what its call is to report with; null if it is not to be asked, which counts as its fallback} */
    Breaker.@Nullable Phase admit() {
        return owner.isRetired() ? null : owner.breaker().admit();
    }

    /** It has answered as it should. */
    void answered(Breaker.Phase admitted) {
        owner.breaker().answered(admitted);
    }

    /** Takes notice of a failure. {@return what it counts as} */
    Fallback failed(Breaker.Phase admitted, String how, @Nullable Throwable cause) {
        Throwable reason = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        Fallback fallback = options.fallback();
        owner.failures().add(kind.label() + " " + how + ", which counts as " + fallback, reason);
        owner.breaker().failed(admitted);
        return fallback;
    }

    boolean isFor(String topic) {
        return filter == null || filter.matches(topic);
    }

    /** {@return whether a topic that matches a filter may be one that it is called for} */
    boolean isForAnyOf(String otherFilter) {
        return filter == null || filter.overlaps(TopicFilter.of(otherFilter));
    }
}
