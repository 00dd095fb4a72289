// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Hooks that decide: who may connect, who may publish and subscribe where. They fail closed.
 *
 * <p>Starting points: {@link io.skep.sdk.auth.Authenticator}, {@link io.skep.sdk.auth.EnhancedAuthenticator} for the
 * AUTH packets of MQTT 5.0, {@link io.skep.sdk.auth.Permissions}. They run on the event loop of the client and must not
 * wait; what waits answers {@link io.skep.sdk.auth.Decision#later}.
 */
@NullMarked
package io.skep.sdk.auth;

import org.jspecify.annotations.NullMarked;
