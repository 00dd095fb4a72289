// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The smallest custom authenticator: a beginning for your own.
 *
 * <p>Starting points: {@link io.skep.extension.helloworld.HelloWorld}. Runs on the event loop of the client.
 */
@NullMarked
package io.skep.extension.helloworld;

import org.jspecify.annotations.NullMarked;
