// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Asks a program beside the broker, over gRPC.
 *
 * <p>Starting points: {@link io.skep.extension.process.ExtensionProcess}, {@link io.skep.extension.process.Link}. A
 * call begins on the event loop of its client; what is sent and received is done on threads of this extension.
 */
@NullMarked
package io.skep.extension.process;

import org.jspecify.annotations.NullMarked;
