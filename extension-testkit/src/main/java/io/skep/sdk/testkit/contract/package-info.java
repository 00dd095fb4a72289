// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What the broker expects of hooks, as tests that an author inherits.
 *
 * <p>Starting points: {@link io.skep.sdk.testkit.contract.AuthenticatorContractTest}. They start the extension without
 * a broker, and call its hooks on the thread of the test in place of an event loop.
 */
@NullMarked
package io.skep.sdk.testkit.contract;

import org.jspecify.annotations.NullMarked;
