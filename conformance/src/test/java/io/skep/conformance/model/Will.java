// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

/**
 * What a client leaves behind.
 *
 * @param delayed whether it waits, longer than any test, for the end of its session
 */
record Will(Message message, boolean delayed) {}
