// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import io.skep.sdk.Client;
import java.time.Instant;

/**
 * A client that is connected, at one moment.
 *
 * @param client who
 * @param connectedAt since when
 * @param session its session
 */
public record ConnectedClient(Client client, Instant connectedAt, SessionFacts session) {}
