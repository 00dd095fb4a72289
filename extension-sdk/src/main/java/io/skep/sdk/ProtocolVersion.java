// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

/** The versions of MQTT. */
public enum ProtocolVersion {
    /** MQTT 3.1, protocol name {@code MQIsdp}, level 3. */
    V3_1(3),
    /** MQTT 3.1.1, level 4. */
    V3_1_1(4),
    /** MQTT 5.0, level 5. */
    V5_0(5);

    private final int level;

    ProtocolVersion(int level) {
        this.level = level;
    }

    /** {@return the protocol level byte of CONNECT} */
    public int level() {
        return level;
    }
}
