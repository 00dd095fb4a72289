// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

/**
 * Who subscribed to what.
 *
 * @param clientId the client
 * @param subscription one of its subscriptions
 */
public record Subscriber(String clientId, TopicSubscription subscription) {}
