// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session at one moment.
 *
 * @param clientId of its client
 * @param connected whether the client is there
 * @param expirySeconds how long it outlives a connection; 0: it does not
 * @param disconnectedAt when the last connection ended; null while the client is connected
 * @param subscriptions how many
 * @param queuedMessages QoS 1 and 2 messages that wait or are not acknowledged yet
 * @param queuedBytes of these, about
 * @param droppedMessages messages for it that were dropped since the broker started, for whatever reason
 */
public record SessionFacts(
        String clientId,
        boolean connected,
        long expirySeconds,
        @Nullable Instant disconnectedAt,
        int subscriptions,
        int queuedMessages,
        long queuedBytes,
        long droppedMessages) {}
