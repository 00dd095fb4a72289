// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

/** A rule of the standard that a model has the wrong way round, to see that the tester notices. */
enum Inversion {
    /** No Local is taken for nothing. */
    NO_LOCAL_IGNORED,
    /** What is sent again is expected without DUP. */
    DUP_MISSING,
    /** An empty retained message is expected to leave the topic's message where it was. */
    RETAINED_MESSAGE_STAYS,
    /** The same QoS 2 identifier is expected to be a new message before PUBREL. */
    REPEATED_MESSAGE_IS_NEW,
    /** A will is expected after a normal disconnection. */
    WILL_ALWAYS_PUBLISHED
}
