// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What happens in the broker, told to extensions that listen.
 *
 * <p>Starting points: {@link io.skep.sdk.event.Event}, {@link io.skep.sdk.Hooks#listen}. Listeners run on threads of
 * their extension and never slow the broker.
 */
@NullMarked
package io.skep.sdk.event;

import org.jspecify.annotations.NullMarked;
