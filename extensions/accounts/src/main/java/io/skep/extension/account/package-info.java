// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What extensions that know users have in common: hashed passwords, roles with permissions, and asking somewhere else.
 *
 * <p>Starting points: {@link io.skep.extension.account.Grants}, {@link io.skep.extension.account.RemoteAuthenticator}.
 * Packed into each extension that uses it. Nothing here waits but on the threads of an extension.
 */
@NullMarked
package io.skep.extension.account;

import org.jspecify.annotations.NullMarked;
