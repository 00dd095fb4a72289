// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The hooks of all extensions as chains, and what protects the broker from them: deadlines, fallbacks, bounds.
 *
 * <p>Starting points: {@link io.skep.broker.hook.HookChains} is what connections call, and
 * {@link io.skep.broker.hook.ExtensionHooks} what an extension fills. A chain runs on the loop of the client that it is
 * about; listeners run on threads of their extension.
 */
@NullMarked
package io.skep.broker.hook;

import org.jspecify.annotations.NullMarked;
