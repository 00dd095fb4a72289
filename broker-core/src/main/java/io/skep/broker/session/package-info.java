// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What the broker knows of a client beyond its connection: subscriptions, messages that wait, messages under way, the
 * will.
 *
 * <p>Starting points: {@link io.skep.broker.session.Session}, {@link io.skep.broker.session.Outbox},
 * {@link io.skep.broker.session.SessionRegistry}. A session is an actor: its state is touched on one loop only, that of
 * its present connection; others tell it through its mailbox.
 */
@NullMarked
package io.skep.broker.session;

import org.jspecify.annotations.NullMarked;
