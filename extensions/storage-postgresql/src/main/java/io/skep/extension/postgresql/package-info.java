// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * A storage engine in PostgreSQL: one table, one transaction for all that the journal has committed meanwhile.
 *
 * <p>Starting points: {@link io.skep.extension.postgresql.PostgresqlStorage},
 * {@link io.skep.extension.postgresql.Database}. Reads run on the journal's thread, commits on {@code skep-postgresql}.
 */
@NullMarked
package io.skep.extension.postgresql;

import org.jspecify.annotations.NullMarked;
