// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * The services that extensions are given: each an SDK interface, done by asking sessions, the router and the journal.
 *
 * <p>Starting points: {@link io.skep.broker.service.Services}, {@link io.skep.broker.service.Calls}. Asked on any
 * thread; the work is done on loops and on the journal's thread, and what comes of it is told on a thread
 * {@code skep-ext-<id>-answers} of the extension.
 */
@NullMarked
package io.skep.broker.service;

import org.jspecify.annotations.NullMarked;
