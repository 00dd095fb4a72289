// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.HookOptions;
import io.skep.sdk.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * A registered hook.
 *
 * @param owner the hooks of its extension
 * @param kind for the log
 * @param call what the extension gave
 * @param options how it is called
 * @param filter of the topics that it is called for; null for every topic
 */
record Hook<H>(
        ExtensionHooks owner,
        String kind,
        H call,
        HookOptions options,
        @Nullable TopicFilter filter) {

    static <H> Hook<H> of(ExtensionHooks owner, String kind, H call, HookOptions options) {
        String filter = options.topicFilter();
        return new Hook<>(owner, kind, call, options, filter.equals("#") ? null : TopicFilter.of(filter));
    }
}
