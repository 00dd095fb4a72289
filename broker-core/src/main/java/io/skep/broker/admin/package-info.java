// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The door for tools on the same machine: a Unix domain socket in the data folder, and what can be asked there.
 *
 * <p>Starting points: {@link io.skep.broker.admin.AdminServer}, {@link io.skep.broker.admin.AdminCommand}. Commands run
 * on the thread {@code skep-admin}, one at a time.
 */
@NullMarked
package io.skep.broker.admin;

import org.jspecify.annotations.NullMarked;
