// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.HookOptions.Fallback;

/**
 * What a call counts as that the program has not answered, in time and as it should.
 *
 * @param authenticate of logins
 * @param authorize of operations
 * @param publish of messages
 * @param connect of what comes before a login
 * @param subscribe of subscriptions
 * @param unsubscribe of their ends
 * @param enhancedAuthenticate of the beginning of an exchange of AUTH packets; later it is refused
 */
public record OnFailure(
        Fallback authenticate,
        Fallback authorize,
        Fallback publish,
        Fallback connect,
        Fallback subscribe,
        Fallback unsubscribe,
        Fallback enhancedAuthenticate) {

    /** Fails closed. */
    public static final OnFailure DEFAULT = new OnFailure(
            Fallback.DENY, Fallback.DENY, Fallback.DENY, Fallback.DENY, Fallback.DENY, Fallback.DENY, Fallback.DENY);
}
