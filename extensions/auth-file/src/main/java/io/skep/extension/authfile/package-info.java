// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Users with hashed passwords and roles with permissions, from a file that is read again when it changes.
 *
 * <p>Starting points: {@link io.skep.extension.authfile.AuthFile}, {@link io.skep.extension.authfile.AuthFileConfig}. A
 * login begins on the event loop of its client; passwords are hashed, and files read, on threads of the extension.
 */
@NullMarked
package io.skep.extension.authfile;

import org.jspecify.annotations.NullMarked;
