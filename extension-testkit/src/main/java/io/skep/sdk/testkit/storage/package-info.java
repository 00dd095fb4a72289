// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Proof for authors of a storage engine: what the broker relies on, as tests to inherit.
 *
 * <p>Starting points: {@link io.skep.sdk.testkit.storage.StorageContractTest}. Runs on the thread of the test.
 */
@NullMarked
package io.skep.sdk.testkit.storage;

import org.jspecify.annotations.NullMarked;
