// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.skep.sdk.ReasonCode;

/**
 * A client's mistake: a reason code and a sentence about it. It has no stack, for it tells nothing about the broker.
 */
public final class MqttException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ReasonCode reason;

    public MqttException(ReasonCode reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    static MqttException malformed(String message) {
        return new MqttException(ReasonCode.MALFORMED_PACKET, message);
    }

    static MqttException protocolError(String message) {
        return new MqttException(ReasonCode.PROTOCOL_ERROR, message);
    }

    public ReasonCode reason() {
        return reason;
    }
}
