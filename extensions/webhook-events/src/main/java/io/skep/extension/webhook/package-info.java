// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Tells HTTP servers what happens in the broker.
 *
 * <p>Starting points: {@link io.skep.extension.webhook.WebhookEvents}, {@link io.skep.extension.webhook.Courier}.
 * Events become JSON on the thread of the extension that hears of them; each target has a thread that delivers.
 */
@NullMarked
package io.skep.extension.webhook;

import org.jspecify.annotations.NullMarked;
