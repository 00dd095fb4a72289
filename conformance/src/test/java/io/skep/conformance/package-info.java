// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Which clauses of the MQTT standards have a test, and which do not.
 *
 * <p>Starting point: {@code CatalogueTest}. A test runs on one thread.
 */
@NullMarked
package io.skep.conformance;

import org.jspecify.annotations.NullMarked;
