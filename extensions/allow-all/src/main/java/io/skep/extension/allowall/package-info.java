// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Lets everyone in.
 *
 * <p>Starting points: {@link io.skep.extension.allowall.AllowAll}. Runs on the event loop of the client.
 */
@NullMarked
package io.skep.extension.allowall;

import org.jspecify.annotations.NullMarked;
