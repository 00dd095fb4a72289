// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.metrics;

/** Everything that is counted. The name is the label in {@code $SYS} and elsewhere. */
public enum Metric {
    /** Connections accepted. */
    CONNECTIONS_OPENED,
    /** Connections closed. */
    CONNECTIONS_CLOSED,
    /** CONNECT packets answered with success. */
    CLIENTS_CONNECTED,
    /** CONNECT packets refused. */
    CLIENTS_REFUSED,
    /** Connections closed for a malformed packet. */
    CLOSED_MALFORMED_PACKET,
    /** Connections closed for a packet that was not allowed. */
    CLOSED_PROTOCOL_ERROR,
    /** Connections closed for a packet over the maximum size. */
    CLOSED_PACKET_TOO_LARGE,
    /** Connections closed without CONNECT in time. */
    CLOSED_CONNECT_TIMEOUT,
    /** Connections closed when their keep alive passed. */
    CLOSED_KEEP_ALIVE,
    /** Connections closed by a later one with the same client id. */
    CLOSED_TAKEN_OVER,
    /** Connections closed for another reason by the broker. */
    CLOSED_OTHER,
    /** PUBLISH packets received. */
    MESSAGES_RECEIVED,
    /** PUBLISH packets sent. */
    MESSAGES_SENT,
    /** QoS 0 messages dropped for a slow connection. */
    DROPPED_SLOW_CONNECTION,
    /** Messages dropped because the session's queue was full. */
    DROPPED_QUEUE_FULL,
    /** Messages dropped because they expired. */
    DROPPED_EXPIRED,
    /** Messages not sent because the client's Maximum Packet Size is smaller. */
    DROPPED_TOO_LARGE,
    /** Messages that an extension kept from a client. */
    DROPPED_BY_EXTENSION,
    /** Messages that a publish interceptor dropped. */
    DROPPED_BY_PUBLISH_INTERCEPTOR,
    /** Messages that no subscription matched. */
    DROPPED_NO_SUBSCRIBER,
    /** Messages refused by permissions or an extension. */
    DROPPED_NOT_AUTHORIZED,
    /** Messages refused because their payload is not the UTF-8 that they declare. */
    DROPPED_PAYLOAD_FORMAT,
    /** Events dropped because an extension lagged behind. */
    EVENTS_DROPPED,
    /** Calls of extensions that failed or missed their deadline. */
    HOOK_FAILURES,
    /** Hooks not asked, because their extension is paused. */
    HOOKS_NOT_ASKED,
    /** Times that an extension was paused, because too many of its calls failed. */
    EXTENSIONS_PAUSED,
    /** Calls of extensions that kept an event loop for a second or more. */
    HOOK_BLOCKS,
    /** Commits of the journal. */
    JOURNAL_COMMITS,
    /** Writes in those commits. */
    JOURNAL_WRITES
}
