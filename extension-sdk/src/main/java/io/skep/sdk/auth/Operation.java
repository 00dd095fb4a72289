// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.Qos;

/**
 * What a client wants to do.
 *
 * @param action publish or subscribe
 * @param topic a topic name to publish to, or a topic filter to subscribe to (of a shared subscription the filter
 *     alone)
 * @param qos asked for
 * @param retain whether a publish is retained; false for subscriptions
 */
public record Operation(Action action, String topic, Qos qos, boolean retain) {}
