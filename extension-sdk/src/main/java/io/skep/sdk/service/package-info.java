// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What the broker does for an extension that asks: publish, look at clients, sessions, subscriptions and retained
 * messages and change them, keep data, and count.
 *
 * <p>Starting points: the methods of {@link io.skep.sdk.ExtensionContext}, which give the services. All of them may be
 * called on any thread, hooks included, and return at once. What they answer with a stage completes on a thread that
 * the extension has for nothing else, one stage after the other: what runs there must not wait for another stage. What
 * is attached to a stage that is complete runs at once, on the thread that attaches it.
 */
@NullMarked
package io.skep.sdk.service;

import org.jspecify.annotations.NullMarked;
