// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Seen5;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A packet other than PUBLISH that has to come.
 *
 * @param type as the standard numbers them
 * @param id the packet identifier, 0 if it has none
 * @param present the Session Present flag of a CONNACK
 * @param reasons for each reason code those that are allowed
 */
record Control(int type, int id, boolean present, List<Set<Integer>> reasons) {

    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int UNSUBACK = 11;
    static final int DISCONNECT = 14;

    static Control connack(boolean present) {
        return new Control(CONNACK, 0, present, List.of(Set.of(0)));
    }

    static Control acknowledgement(int type, int id, Integer... reasons) {
        return new Control(type, id, false, List.of(Set.of(reasons)));
    }

    static Control perFilter(int type, int id, List<Integer> reasons) {
        List<Set<Integer>> codes = new ArrayList<>();
        reasons.forEach(reason -> codes.add(Set.of(reason)));
        return new Control(type, id, false, codes);
    }

    boolean allows(Seen5 packet) {
        if (packet.type() != type || packet.id() != id || packet.reasons().size() != reasons.size()) {
            return false;
        }
        for (int i = 0; i < reasons.size(); i++) {
            if (!reasons.get(i).contains(packet.reasons().get(i))) {
                return false;
            }
        }
        return type != CONNACK || packet.sessionPresent() == present;
    }
}
