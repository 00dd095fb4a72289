// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

/**
 * An application message.
 *
 * @param publisher the client id, for No Local
 * @param contentType empty if there is none
 */
record Message(String publisher, String topic, String payload, int qos, boolean retain, String contentType) {}
