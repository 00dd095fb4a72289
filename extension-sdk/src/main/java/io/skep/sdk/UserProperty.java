// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

/**
 * A user property of MQTT 5.0; names may repeat and their order is kept.
 *
 * @param name any string without U+0000, up to 65535 bytes
 * @param value the same
 */
public record UserProperty(String name, String value) {

    /**
     * Checks that both can be sent.
     *
     * @throws IllegalArgumentException if not
     */
    public UserProperty {
        TextLimit.check("name", name);
        TextLimit.check("value", value);
    }
}
