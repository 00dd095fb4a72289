// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The storage SPI: an ordered byte map with atomic, durable commits, and nothing of MQTT.
 *
 * <p>Starting points: {@link io.skep.sdk.storage.StorageProvider}, {@link io.skep.sdk.storage.Storage}. All methods run
 * on the journal's thread, but for those that run before it starts or after it has ended.
 */
@NullMarked
package io.skep.sdk.storage;

import org.jspecify.annotations.NullMarked;
