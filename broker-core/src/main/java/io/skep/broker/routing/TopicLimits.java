// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.codec.MqttException;
import io.skep.broker.config.MqttConfig;
import io.skep.sdk.ReasonCode;

/**
 * Which of the topic names and filters that the standard allows this broker takes.
 *
 * @param bytesMax most bytes
 * @param levelsMax most levels
 * @param controlCharacters whether they may have control characters and Unicode non-characters
 */
public record TopicLimits(int bytesMax, int levelsMax, boolean controlCharacters) {

    /** {@return the limits as configured} */
    public static TopicLimits of(MqttConfig mqtt) {
        return new TopicLimits(mqtt.topicBytesMax(), mqtt.topicLevelsMax(), mqtt.controlCharacters());
    }

    /** Checks a topic name that is well-formed. */
    public void checkName(byte[] name) {
        check(name, "topic name", ReasonCode.TOPIC_NAME_INVALID);
    }

    /** Checks a topic filter that is well-formed. */
    public void checkFilter(byte[] filter) {
        check(filter, "topic filter", ReasonCode.TOPIC_FILTER_INVALID);
    }

    private void check(byte[] topic, String what, ReasonCode tooLarge) {
        if (topic.length > bytesMax) {
            throw new MqttException(tooLarge, what + ": " + topic.length + " bytes (expected: fewer)");
        }
        int levels = 1;
        for (byte b : topic) {
            levels += b == '/' ? 1 : 0;
        }
        if (levels > levelsMax) {
            throw new MqttException(tooLarge, what + ": " + levels + " levels (expected: fewer)");
        }
        if (!controlCharacters && new String(topic, UTF_8).codePoints().anyMatch(TopicLimits::isControl)) {
            throw new MqttException( // [U5-1.5.4-1]
                    ReasonCode.MALFORMED_PACKET, what + ": (expected: no control characters)");
        }
    }

    private static boolean isControl(int character) {
        boolean none = (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
        return none || Character.isISOControl(character);
    }
}
