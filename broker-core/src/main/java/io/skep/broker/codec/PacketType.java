// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

/** The packet types, in the order of their codes from 1. */
public enum PacketType {
    CONNECT,
    CONNACK,
    PUBLISH,
    PUBACK(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99),
    PUBREC(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99),
    PUBREL(0x00, 0x92),
    PUBCOMP(0x00, 0x92),
    SUBSCRIBE,
    SUBACK,
    UNSUBSCRIBE,
    UNSUBACK,
    PINGREQ,
    PINGRESP,
    DISCONNECT(0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99),
    AUTH(0x18, 0x19);

    private static final PacketType[] VALUES = values();

    private final long clientSuccesses; // a bit for each code from 0x00
    private final long clientErrors; // a bit for each code from 0x80

    PacketType(int... clientReasons) {
        long successes = 0;
        long errors = 0;
        for (int reason : clientReasons) {
            if (reason < 0x80) {
                successes |= 1L << reason;
            } else {
                errors |= 1L << (reason - 0x80);
            }
        }
        clientSuccesses = successes;
        clientErrors = errors;
    }

    /** {@return the type with a code of 1 to 15} */
    static PacketType of(int code) {
        return VALUES[code - 1];
    }

    /** {@return the upper half of the first byte} */
    int code() {
        return ordinal() + 1;
    }

    /** {@return the first byte of a packet whose flags are fixed, that is of all but PUBLISH} */
    int firstByte() {
        boolean flagged = this == PUBREL || this == SUBSCRIBE || this == UNSUBSCRIBE;
        return code() << 4 | (flagged ? 2 : 0);
    }

    /** {@return whether a client may send this reason code in this packet of MQTT 5.0} */
    boolean clientMaySend(int reasonCode) {
        boolean known = (reasonCode & 0x7F) < Long.SIZE;
        long codes = reasonCode < 0x80 ? clientSuccesses : clientErrors;
        return known && (codes >> (reasonCode & 0x7F) & 1) != 0;
    }
}
