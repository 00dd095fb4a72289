// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

/**
 * Where a hook is in its chain, for tools.
 *
 * @param kind what it is, such as {@code authenticator}
 * @param extension whose it is
 * @param order what it asked for
 * @param topicFilter of the topics that it is asked about
 */
public record HookPlace(String kind, String extension, int order, String topicFilter) {}
