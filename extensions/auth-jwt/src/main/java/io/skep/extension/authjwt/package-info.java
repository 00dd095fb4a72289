// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Logins by signed tokens (JWT), with keys from a file or a URL and permissions from their claims.
 *
 * <p>Starting points: {@link io.skep.extension.authjwt.AuthJwt}, {@link io.skep.extension.authjwt.AuthJwtConfig}. A
 * login begins on the event loop of its client; tokens are checked, and keys read, on threads of the extension.
 */
@NullMarked
package io.skep.extension.authjwt;

import org.jspecify.annotations.NullMarked;
