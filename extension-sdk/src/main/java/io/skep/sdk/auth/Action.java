// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

/** What permissions are about. */
public enum Action {
    /** To send messages to a topic, wills included. */
    PUBLISH,
    /** To subscribe to a filter. */
    SUBSCRIBE
}
