// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.ReasonCode;

/** The decisions that carry nothing of their own. */
final class Constants {

    static final Decision ALLOW = new Decision.Allow(Permissions.ALL);
    static final Decision DENY = new Decision.Deny(ReasonCode.UNSPECIFIED_ERROR, "");
    static final Decision NEXT = new Decision.Next();

    private Constants() {}
}
