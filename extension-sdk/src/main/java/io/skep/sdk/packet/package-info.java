// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Hooks that see and change packets other than PUBLISH: CONNECT, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, and whatever the
 * broker answers.
 *
 * <p>Starting points: {@link io.skep.sdk.packet.ConnectInterceptor}, {@link io.skep.sdk.packet.Interception},
 * {@link io.skep.sdk.packet.ReplyInterceptor}. They run on the event loop of the client and must not wait.
 */
@NullMarked
package io.skep.sdk.packet;

import org.jspecify.annotations.NullMarked;
