// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

/**
 * One line of a SUBSCRIBE. The options of 3.x are those that give its behaviour in 5.0; a bridge has No Local (but on
 * shared subscriptions) and Retain As Published.
 *
 * @param filter a checked topic filter, with {@code $share/name/} if the subscription is shared
 */
public record SubscribeFilter(byte[] filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {}
