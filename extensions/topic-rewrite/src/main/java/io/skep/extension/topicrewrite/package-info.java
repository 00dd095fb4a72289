// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Turns the topics that clients name into others, by rules: an extension.
 *
 * <p>Starting points: {@link io.skep.extension.topicrewrite.TopicRewrite}, then
 * {@link io.skep.extension.topicrewrite.Rules}. Runs on the event loop of the client; the configuration is read on a
 * thread of the extension.
 */
@NullMarked
package io.skep.extension.topicrewrite;

import org.jspecify.annotations.NullMarked;
