// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.sdk.storage.StorageProvider;

/**
 * A storage engine that the configuration may name.
 *
 * @param origin whose it is, for messages: {@code Skep}, or {@code extension <id>}
 * @param provider opens it
 */
public record StorageEngine(String origin, StorageProvider provider) {}
