// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What the author of an extension sees: the entry point, the hooks to fill, and views of clients and packets.
 *
 * <p>Starting points: {@link io.skep.sdk.Extension}, {@link io.skep.sdk.Hooks}, {@link io.skep.sdk.auth.Authenticator}.
 * Each hook says on which thread it runs.
 */
@NullMarked
package io.skep.sdk;

import org.jspecify.annotations.NullMarked;
