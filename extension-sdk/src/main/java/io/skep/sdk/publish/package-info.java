// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Hooks that see and change messages on their way.
 *
 * <p>Starting points: {@link io.skep.sdk.publish.PublishInterceptor}, {@link io.skep.sdk.publish.DeliveryInterceptor},
 * {@link io.skep.sdk.publish.Publish}. They run on the event loop of the publisher or of the recipient and must not
 * wait.
 */
@NullMarked
package io.skep.sdk.publish;

import org.jspecify.annotations.NullMarked;
