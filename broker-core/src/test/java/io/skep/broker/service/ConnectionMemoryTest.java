// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.service.ConnectionAttributes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class ConnectionMemoryTest {

    private final ConnectionMemory memory = new ConnectionMemory();

    private static Client client() {
        return new Client(
                "ann",
                null,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                ProtocolVersion.V5_0,
                "tcp",
                List.of());
    }

    @Test
    void aConnectionHasItsOwnAttributes() {
        Client first = client();
        Client second = client(); // which equals the first, but is another connection
        memory.put(first, "a", new byte[] {1});
        memory.put(second, "a", new byte[] {2});
        memory.put(first, "b", new byte[] {3});
        assertThat(memory.get(first, "a")).containsExactly(1);
        assertThat(memory.get(second, "a")).containsExactly(2);
        assertThat(memory.get(second, "b")).isNull();
        memory.remove(first, "a");
        assertThat(memory.get(first, "a")).isNull();
        assertThat(memory.get(first, "b")).containsExactly(3);
        memory.remove(client(), "a");
        assertThat(memory.get(client(), "a")).isNull();
    }

    @Test
    void theAttributesStayWhenTheConnectionGetsAnotherName() {
        Client before = client();
        memory.put(before, "a", new byte[] {1});
        assertThat(memory.get(before.named("bob", "b"), "a")).containsExactly(1);
    }

    @Test
    void attributesAreBounded() {
        Client client = client();
        for (int i = 0; i < ConnectionAttributes.ATTRIBUTES_MAX; i++) {
            memory.put(client, "a" + i, new byte[0]);
        }
        memory.put(client, "a0", new byte[] {1});
        assertThatThrownBy(() -> memory.put(client, "more", new byte[0])).isInstanceOf(IllegalArgumentException.class);
        byte[] large = new byte[ConnectionAttributes.VALUE_BYTES_MAX + 1];
        assertThatThrownBy(() -> memory.put(client, "a0", large)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withItsClientAConnectionIsForgotten() {
        Client stays = client();
        memory.put(stays, "a", new byte[] {1});
        for (int i = 0; i < 1_000; i++) {
            memory.put(client(), "a", new byte[] {2});
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (memory.size() > 1 && System.nanoTime() < deadline) {
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(memory.size()).isOne();
        assertThat(memory.get(stays, "a")).containsExactly(1);
    }
}
