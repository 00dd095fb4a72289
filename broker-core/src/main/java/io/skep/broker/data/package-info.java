// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Tools for the data of a broker that does not run: backups, verification, repair, export and import.
 *
 * <p>Starting points: {@link io.skep.broker.data.OfflineData}. All of it runs on the thread of the command that asks.
 */
@NullMarked
package io.skep.broker.data;

import org.jspecify.annotations.NullMarked;
