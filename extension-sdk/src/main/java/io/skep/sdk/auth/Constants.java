// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.ReasonCode;

/** The answers that carry nothing of their own. */
final class Constants {

    static final Decision ALLOW = new Decision.Allow(Permissions.ALL);
    static final Decision DENY = new Decision.Deny(ReasonCode.UNSPECIFIED_ERROR, "", null);
    static final Decision NEXT = new Decision.Next();
    static final AuthAnswer DENY_AUTH = new AuthAnswer.Deny(ReasonCode.NOT_AUTHORIZED, "", null);
    static final AuthAnswer NEXT_AUTH = new AuthAnswer.Next();

    private Constants() {}
}
