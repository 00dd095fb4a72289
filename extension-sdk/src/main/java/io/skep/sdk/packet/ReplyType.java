// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.ReasonCode;

/** A packet that answers another, or ends a connection, and the reason codes that it may carry from the broker. */
public enum ReplyType {
    /** To CONNECT. */
    CONNACK(
            0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A,
            0x9B, 0x9C, 0x9D, 0x9F),
    /** To a QoS 1 PUBLISH. */
    PUBACK(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99),
    /** To a QoS 2 PUBLISH. */
    PUBREC(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99),
    /** To PUBREC. */
    PUBREL(0x00, 0x92),
    /** To PUBREL. */
    PUBCOMP(0x00, 0x92),
    /** To SUBSCRIBE, with a reason for each topic filter. */
    SUBACK(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2),
    /** To UNSUBSCRIBE, with a reason for each topic filter. */
    UNSUBACK(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91),
    /** To PINGREQ; it carries nothing. */
    PINGRESP,
    /** The end of a connection. */
    DISCONNECT(
            0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
            0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2);

    private final long successes; // a bit for each code from 0x00
    private final long errors; // a bit for each code from 0x80

    ReplyType(int... codes) {
        long low = 0;
        long high = 0;
        for (int code : codes) {
            if (code < 0x80) {
                low |= 1L << code;
            } else {
                high |= 1L << (code - 0x80);
            }
        }
        successes = low;
        errors = high;
    }

    /**
     * {@return whether this packet of the broker may carry a reason code}
     *
     * @param reason any
     */
    public boolean carries(ReasonCode reason) {
        return ((reason.isError() ? errors : successes) >> (reason.code() & 0x7F) & 1) != 0;
    }

    /**
     * {@return a reason if this packet may carry it, else another one}
     *
     * @param reason any
     * @param otherwise one that this packet may carry
     */
    public ReasonCode nearest(ReasonCode reason, ReasonCode otherwise) {
        return carries(reason) ? reason : otherwise;
    }
}
