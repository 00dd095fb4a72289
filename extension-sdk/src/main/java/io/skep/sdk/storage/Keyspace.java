// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

/** The maps of a storage; each is ordered by unsigned bytes on its own. */
public enum Keyspace {
    /** Format version and counters. */
    META,
    /** Client id to session record. */
    SESSIONS,
    /** Session number and filter to subscription. */
    SUBSCRIPTIONS,
    /** Session number and queue position to queued message. */
    QUEUE,
    /** Payload number to a payload that several queues share. */
    PAYLOADS,
    /** Session number and packet identifier of an incoming QoS 2 message. */
    INBOUND,
    /** Topic to retained message. */
    RETAINED,
    /** Client id to the will of its connection. */
    WILLS,
    /** What extensions keep. */
    EXTENSIONS
}
