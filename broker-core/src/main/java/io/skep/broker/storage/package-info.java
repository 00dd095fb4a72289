// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Durability: the journal that commits for everyone, the engines below it, and the data folder they live in.
 *
 * <p>Starting points: {@link io.skep.broker.storage.Journal}, {@link io.skep.broker.storage.Write}. Engines run on the
 * journal's thread; what the journal promises comes back on the executor that asked.
 */
@NullMarked
package io.skep.broker.storage;

import org.jspecify.annotations.NullMarked;
