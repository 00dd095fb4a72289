// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What the extensions that ask HTTP servers have in common.
 *
 * <p>Starting points: {@link io.skep.extension.http.BoundedBody}, {@link io.skep.extension.http.Trust}. Nothing here
 * waits but for the file of {@code Trust}; a body is gathered on the threads of its HTTP client.
 */
@NullMarked
package io.skep.extension.http;

import org.jspecify.annotations.NullMarked;
