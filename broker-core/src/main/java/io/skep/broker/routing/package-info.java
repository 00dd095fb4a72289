// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Who gets a message: topics, the subscription tree, shared groups, retained messages.
 *
 * <p>Starting points: {@link io.skep.broker.routing.Router}, {@link io.skep.broker.routing.SubscriptionTree}.
 * Publishing runs on the loop of the publisher and reads without locks; subscribing takes the tree's one lock.
 */
@NullMarked
package io.skep.broker.routing;

import org.jspecify.annotations.NullMarked;
