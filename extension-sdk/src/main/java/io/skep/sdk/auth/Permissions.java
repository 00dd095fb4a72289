// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import java.util.List;

/**
 * What a client may do, answered with its login so that the data path needs no hook. The first rule that covers an
 * operation decides; if none does, it is denied. Immutable.
 *
 * @param rules in order
 */
public record Permissions(List<Permission> rules) {

    /** Everything is allowed. */
    public static final Permissions ALL = new Permissions(
            List.of(Permission.allow("#", Action.values()), Permission.allow("$SYS/#", Action.SUBSCRIBE)));

    /** Copies the list. */
    public Permissions {
        rules = List.copyOf(rules);
    }

    /**
     * {@return permissions of these rules}
     *
     * @param rules in order
     */
    public static Permissions of(Permission... rules) {
        return new Permissions(List.of(rules));
    }
}
