// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

/**
 * A user property of MQTT 5.0; names may repeat and their order is kept.
 *
 * @param name any string
 * @param value any string
 */
public record UserProperty(String name, String value) {}
