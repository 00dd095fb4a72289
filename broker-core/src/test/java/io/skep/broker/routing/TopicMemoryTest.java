// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.MqttException;
import io.skep.sdk.ReasonCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicMemoryTest {

    private static final int BYTES_BEFORE = 3;

    private final TopicMemory memory = new TopicMemory(new TopicLimits(30, 4, true));

    @Test
    void aTopicIsTheSameObjectAsLongAsItIsRemembered() {
        List<Topic> first = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            first.add(get("line/" + i));
        }
        for (int i = 0; i < 5_000; i++) {
            assertThat(get("line/" + i)).isSameAs(first.get(i)).hasToString("line/" + i);
        }
    }

    @Test
    void namesWithOneHashAreToldApart() {
        Map<Integer, String> byHash = new HashMap<>();
        int pairs = 0;
        for (int i = 0; i < 300_000; i++) {
            String name = "sensor/" + i;
            String other = byHash.put(hash(name), name);
            if (other != null) {
                pairs++;
                assertThat(get(name)).hasToString(name);
                assertThat(get(other)).hasToString(other).isNotSameAs(get(name));
                assertThat(get(name)).hasToString(name);
            }
        }
        assertThat(pairs).isPositive();
    }

    @Test
    void moreTopicsThanAreRememberedAreStillRight() {
        Topic first = get("line/0");
        for (int i = 0; i < 40_000; i++) {
            assertThat(get("line/" + i)).hasToString("line/" + i);
        }
        assertThat(get("line/0")).isNotSameAs(first).hasToString("line/0");
    }

    @Test
    void aTopicBeyondTheLimitsIsRefusedAndLeavesNoTrace() {
        for (int i = 0; i < 2; i++) {
            assertRefused("1/2/3/4/5", "5 levels");
            assertRefused("x".repeat(31), "31 bytes");
            assertRefused("a/+", "");
            assertRefused("", "");
            assertThat(get("1/2/3/4")).hasToString("1/2/3/4");
        }
    }

    private void assertRefused(String name, String message) {
        assertThatThrownBy(() -> get(name))
                .isInstanceOfSatisfying(
                        MqttException.class,
                        e -> assertThat(e.reason())
                                .isIn(
                                        ReasonCode.TOPIC_NAME_INVALID,
                                        ReasonCode.MALFORMED_PACKET,
                                        ReasonCode.PROTOCOL_ERROR))
                .hasMessageContaining(message);
    }

    private Topic get(String name) {
        ByteBuf buffer = buffer(name);
        return memory.get(buffer, BYTES_BEFORE, buffer.writerIndex() - BYTES_BEFORE);
    }

    private static int hash(String name) {
        ByteBuf buffer = buffer(name);
        return Levels.hash(buffer, BYTES_BEFORE, buffer.writerIndex() - BYTES_BEFORE);
    }

    private static ByteBuf buffer(String name) {
        return Unpooled.wrappedBuffer(new byte[BYTES_BEFORE], name.getBytes(UTF_8));
    }
}
