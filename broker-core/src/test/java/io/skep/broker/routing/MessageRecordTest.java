// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferUnderflowException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageRecordTest {

    @Test
    void everyMessageIsReadAsItWasWritten() {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Message message = new Message(
                    bytes(random, 1 + random.nextInt(i % 100 == 0 ? 65_535 : 50)),
                    bytes(random, random.nextInt(200)),
                    random.nextBoolean() ? null : bytes(random, random.nextInt(50)),
                    random.nextInt(3),
                    random.nextBoolean(),
                    random.nextBoolean() ? 0 : random.nextLong());

            byte[] record = MessageRecord.write(message);

            assertThat(record).hasSize(MessageRecord.bytes(message));
            assertSame(MessageRecord.read(record), message);
        }
    }

    private static void assertSame(Message read, Message written) {
        assertThat(Arrays.equals(read.topic(), written.topic())).isTrue(); // field by field is slow for large ones
        assertThat(Arrays.equals(read.payload(), written.payload())).isTrue();
        assertThat(read.properties()).isEqualTo(written.properties());
        assertThat(read.qos()).isEqualTo(written.qos());
        assertThat(read.retain()).isEqualTo(written.retain());
        assertThat(read.expiresAtMillis()).isEqualTo(written.expiresAtMillis());
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void theLongestTopicIsReadAsItWasWritten() {
        Message message = new Message(new byte[65_535], new byte[0], null, 0, false, 0);

        assertThat(MessageRecord.read(MessageRecord.write(message)).topic()).hasSize(65_535);
    }

    @Test
    void aRecordOfAnotherFormatOrCutOffIsRefused() {
        byte[] record = MessageRecord.write(new Message(new byte[] {'t'}, new byte[0], new byte[3], 1, false, 0));
        byte[] other = record.clone();
        other[0] = 2;

        assertThatThrownBy(() -> MessageRecord.read(other)).hasMessageContaining("2 (expected: 1)");
        for (int length = 0; length < record.length; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThatThrownBy(() -> MessageRecord.read(cut)).isInstanceOf(BufferUnderflowException.class);
        }
    }
}
