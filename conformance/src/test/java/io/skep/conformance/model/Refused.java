// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;

import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import java.util.Set;

/** First packets that the broker closes a connection for. */
enum Refused {
    PINGREQ {
        @Override
        byte[] bytes(String clientId) {
            return Packets.PINGREQ;
        }
    },
    PUBLISH {
        @Override
        byte[] bytes(String clientId) {
            return Packets.publish("a", "refused");
        }
    },
    RESERVED_FLAG {
        @Override
        byte[] bytes(String clientId) {
            return Connect.clean(clientId).withFlags(3).packed();
        }
    },
    RESERVED_FLAG_5(0x81) {
        @Override
        byte[] bytes(String clientId) {
            return Connect5.clean(clientId).withFlags(3).packed();
        }
    },
    WILL_WITH_QOS_3(0x81, 0x82) {
        @Override
        byte[] bytes(String clientId) {
            return Connect5.clean(clientId).will(3, false, "a", "refused").packed();
        }
    },
    WILL_TO_A_WILDCARD(0x81, 0x82, 0x90) {
        @Override
        byte[] bytes(String clientId) {
            return Connect5.clean(clientId).will(1, false, "a/#", "refused").packed();
        }
    },
    RECEIVE_MAXIMUM_0(0x81, 0x82) {
        @Override
        byte[] bytes(String clientId) {
            return Connect5.clean(clientId)
                    .with(Props.two(Props.RECEIVE_MAXIMUM, 0))
                    .packed();
        }
    },
    VERSION_6(0x84) {
        @Override
        byte[] bytes(String clientId) {
            return packet(0x10, "MQTT", 6, 2, twoBytes(0), Props.of(), clientId);
        }
    },
    ANOTHER_PROTOCOL(0x01, 0x84) {
        @Override
        byte[] bytes(String clientId) {
            return packet(0x10, "MQTX", 4, 2, twoBytes(0), clientId);
        }
    },
    EMPTY_ID_WITHOUT_CLEAN_SESSION(0x02) {
        @Override
        byte[] bytes(String clientId) {
            return Connect.persistent("").packed();
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<Integer> reasons;

    Refused(Integer... reasons) {
        this.reasons = Set.of(reasons);
    }

    abstract byte[] bytes(String clientId);

    /** {@return what a CONNACK may say before the close, none if there may be no CONNACK} */
    Set<Integer> reasons() {
        return reasons;
    }
}
