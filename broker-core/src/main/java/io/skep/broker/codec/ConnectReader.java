// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import org.jspecify.annotations.Nullable;

/** Reads a CONNECT in two steps: first which version it speaks, then, by the rules of that, everything else. */
final class ConnectReader {

    private static final int BRIDGE_BIT = 0x80;
    private static final int USER_NAME_BIT = 0x80;
    private static final int PASSWORD_BIT = 0x40;
    private static final int WILL_RETAIN_BIT = 0x20;
    private static final int WILL_BIT = 0x04;
    private static final int CLEAN_START_BIT = 0x02;

    private final PacketBody body;
    private final ProtocolVersion version;
    private final int level;
    private final boolean bridge;
    private final boolean supported;

    ConnectReader(PacketBody body) {
        this.body = body;
        String name = body.string("protocol name");
        boolean legacy = name.equals("MQIsdp");
        if (!legacy && !name.equals("MQTT")) {
            throw MqttException.protocolError("protocol name: (expected: MQTT)"); // [MQTT-3.1.2-1]
        }
        level = body.oneByte("protocol level");
        bridge = level == (BRIDGE_BIT | 3) || level == (BRIDGE_BIT | 4);
        int plainLevel = bridge ? level - BRIDGE_BIT : level;
        supported = legacy ? plainLevel == 3 : plainLevel == 4 || plainLevel == 5;
        if (legacy) {
            version = supported ? ProtocolVersion.V3_1 : ProtocolVersion.V3_1_1;
        } else {
            version = plainLevel >= 5 ? ProtocolVersion.V5_0 : ProtocolVersion.V3_1_1;
        }
    }

    /** {@return the version to speak, also for an answer to a version that is not supported} */
    ProtocolVersion version() {
        return version;
    }

    Connect read() {
        if (!supported) {
            throw new MqttException( // [MQTT-3.1.2-2]
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "protocol level: " + level + " (expected: 3, 4 or 5)");
        }
        int flags = body.oneByte("connect flags");
        checkFlags(flags);
        int keepAliveSeconds = body.twoBytes("keep alive");
        Properties properties = properties(Property.In.CONNECT);
        String clientId = string("client id"); // [MQTT-3.1.3-3]
        Will will = (flags & WILL_BIT) == 0 ? null : will(flags);
        String userName = isPresent(flags, USER_NAME_BIT) ? string("user name") : null;
        byte[] password = isPresent(flags, PASSWORD_BIT) ? body.binary("password") : null;
        body.expectEnd(); // [MQTT-3.1.2-16] [MQTT-3.1.2-18]
        boolean cleanStart = (flags & CLEAN_START_BIT) != 0;
        return new Connect(
                version, bridge, cleanStart, keepAliveSeconds, properties, clientId, will, userName, password);
    }

    private void checkFlags(int flags) {
        boolean will = (flags & WILL_BIT) != 0;
        if (will && willQos(flags) == 3) {
            throw MqttException.malformed("will QoS: 3 (expected: 0, 1 or 2)"); // [MQTT-3.1.2-12]
        }
        boolean passwordAlone = (flags & (USER_NAME_BIT | PASSWORD_BIT)) == PASSWORD_BIT;
        if (passwordAlone && !isV5()) {
            throw MqttException.malformed("password: (expected: only with a user name)"); // [MQTT-3.1.2-22] of 3.1.1
        }
        if (version == ProtocolVersion.V3_1) {
            return; // disregards flags that have no meaning
        }
        if ((flags & 1) != 0) {
            throw MqttException.malformed("connect flags: reserved bit 1 (expected: 0)"); // [MQTT-3.1.2-3]
        }
        if (!will && (willQos(flags) != 0 || (flags & WILL_RETAIN_BIT) != 0)) {
            throw MqttException.malformed( // [MQTT-3.1.2-11] [MQTT-3.1.2-13]
                    "connect flags: will QoS or will retain (expected: only with a will)");
        }
    }

    private @Nullable Will will(int flags) {
        Properties properties = properties(Property.In.WILL);
        byte[] topic = body.binary("will topic"); // [MQTT-3.1.2-9]
        Topics.checkName(topic); // [MQTT-3.1.3-11]
        byte[] payload = body.binary("will payload");
        return new Will(topic, payload, willQos(flags), (flags & WILL_RETAIN_BIT) != 0, properties);
    }

    /** In MQTT 3.1 the length of the packet decides whether an announced user name or password is there. */
    private boolean isPresent(int flags, int bit) {
        return (flags & bit) != 0 && !(version == ProtocolVersion.V3_1 && body.isAtEnd());
    }

    private String string(String name) {
        return version == ProtocolVersion.V3_1 ? body.lenientString(name) : body.string(name);
    }

    private Properties properties(int place) {
        return isV5() ? body.properties(place) : Properties.EMPTY;
    }

    private boolean isV5() {
        return version == ProtocolVersion.V5_0;
    }

    private static int willQos(int flags) {
        return flags >> 3 & 3;
    }
}
