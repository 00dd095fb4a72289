// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Loads the JARs of the extensions folder and runs what is in them; the only package that knows PF4J.
 *
 * <p>Starting points: {@link io.skep.broker.extension.ExtensionHost}. Starts and stops on the thread that starts and
 * stops the broker; each extension has threads of its own, {@code skep-ext-<id>-N}.
 */
@NullMarked
package io.skep.broker.extension;

import org.jspecify.annotations.NullMarked;
