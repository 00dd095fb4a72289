// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Users and their permissions from a database, asked with the queries of the configuration.
 *
 * <p>Starting points: {@link io.skep.extension.authsql.AuthSql}, {@link io.skep.extension.authsql.SqlUsers}. Queries
 * and the hashing of passwords run on threads of the extension.
 */
@NullMarked
package io.skep.extension.authsql;

import org.jspecify.annotations.NullMarked;
