// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Asks an HTTP server who may connect, publish and subscribe.
 *
 * <p>Starting points: {@link io.skep.extension.authhttp.AuthHttp}, {@link io.skep.extension.authhttp.AuthHttpConfig}. A
 * question begins on the event loop of its client; requests are sent, and answers read, on threads of the extension.
 */
@NullMarked
package io.skep.extension.authhttp;

import org.jspecify.annotations.NullMarked;
