// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What a client may do, compiled from the permissions that an extension gave it with its login.
 *
 * <p>Starting points: {@link io.skep.broker.security.PermissionCheck}. Immutable, so any thread asks it; the loop of
 * the client does.
 */
@NullMarked
package io.skep.broker.security;

import org.jspecify.annotations.NullMarked;
