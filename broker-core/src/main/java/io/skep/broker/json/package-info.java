// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * JSON as tools and people read it, an object to a line.
 *
 * <p>Starting points: {@link io.skep.broker.json.JsonObject}. Any thread.
 */
@NullMarked
package io.skep.broker.json;

import org.jspecify.annotations.NullMarked;
