// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;

import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import java.util.Set;

/** Packets that no connection survives. */
enum Illegal {
    PUBLISH_WITH_QOS_3(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x36, "a", twoBytes(1), none(v5));
        }
    },
    PUBLISH_WITH_QOS_0_AND_DUP(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x38, "a", none(v5));
        }
    },
    PUBLISH_WITH_ID_0(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x32, "a", twoBytes(0), none(v5));
        }
    },
    PUBLISH_TO_A_WILDCARD(0x81, 0x82, 0x90) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x30, "a/+", none(v5));
        }
    },
    PUBLISH_TO_NOTHING(0x81, 0x82, 0x90) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x30, "", none(v5));
        }
    },
    PUBLISH_TO_NULL(0x81, 0x82, 0x90) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x30, "a\0b", none(v5));
        }
    },
    PUBLISH_WITHOUT_ITS_END(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x32, twoBytes(1000), 0x61);
        }
    },
    PUBLISH_WITH_SUBSCRIPTION_ID(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            byte[] property = Props.of(Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 1));
            return v5 ? packet(0x30, "a", property) : packet(0x36, "a");
        }
    },
    PUBREL_WITH_FLAGS(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x60, twoBytes(1));
        }
    },
    SUBSCRIBE_WITH_FLAGS(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x80, twoBytes(1), none(v5), "a", 0);
        }
    },
    SUBSCRIBE_WITH_ID_0(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(0), none(v5), "a", 0);
        }
    },
    SUBSCRIBE_TO_NOTHING(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(1), none(v5));
        }
    },
    SUBSCRIBE_BEHIND_HASH(0x81, 0x82, 0x8F) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(1), none(v5), "a/#/b", 1);
        }
    },
    SUBSCRIBE_WITH_QOS_3(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(1), none(v5), "a", 3);
        }
    },
    SUBSCRIBE_WITH_RESERVED_BITS(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(1), none(v5), "a", 0x41);
        }
    },
    SUBSCRIBE_SHARED_WITHOUT_NAME(0x81, 0x82, 0x8F) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(1), none(v5), "$share//a", 1);
        }
    },
    SUBSCRIBE_SHARED_WITH_NO_LOCAL(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x82, twoBytes(1), none(v5), "$share/g/a", v5 ? 5 : 7);
        }
    },
    UNSUBSCRIBE_WITH_ID_0(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0xA2, twoBytes(0), none(v5), "a");
        }
    },
    UNSUBSCRIBE_FROM_NOTHING(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0xA2, twoBytes(1), none(v5));
        }
    },
    PINGREQ_WITH_FLAGS(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0xC1);
        }
    },
    DISCONNECT_WITH_FLAGS(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0xE1);
        }
    },
    SECOND_CONNECT(0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return v5
                    ? Connect5.clean(clientId).packed()
                    : Connect.clean(clientId).packed();
        }
    },
    TYPE_0(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x00);
        }
    },
    AUTH_WITHOUT_METHOD(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0xF0);
        }
    },
    CONNACK(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0x20, 0, 0, none(v5));
        }
    },
    PINGRESP(0x81, 0x82) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return packet(0xD0);
        }
    },
    LENGTH_OF_FIVE_BYTES(0x81) {
        @Override
        byte[] bytes(boolean v5, String clientId) {
            return hex("30 80 80 80 80 01");
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<Integer> reasons;

    Illegal(Integer... reasons) {
        this.reasons = Set.of(reasons);
    }

    abstract byte[] bytes(boolean v5, String clientId);

    /** {@return what the broker may say to a client of MQTT 5.0} */
    Set<Integer> reasons() {
        return reasons;
    }

    private static byte[] none(boolean v5) {
        return v5 ? Props.of() : concat();
    }
}
