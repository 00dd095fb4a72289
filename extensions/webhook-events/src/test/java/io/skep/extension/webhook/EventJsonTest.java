// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.skep.sdk.Client;
import io.skep.sdk.ConnectionFacts;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.event.Event;
import io.skep.sdk.event.Event.ClientDisconnected;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventJsonTest {

    private static final Client CLIENT = new Client(
            "ann-1",
            null,
            InetSocketAddress.createUnresolved("192.0.2.7", 4711),
            ProtocolVersion.V3_1_1,
            "tcp",
            List.of(),
            new ConnectionFacts("ws", new ConnectionFacts.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256"), null));

    /** A kind that nobody has foreseen. */
    record Unforeseen(
            Qos qos,
            boolean again,
            @Nullable String nothing,
            List<UserProperty> userProperties,
            Map<String, Integer> counts,
            Set<ReasonCode> reasons,
            byte[] payload,
            ByteBuffer rest,
            Duration waitMax,
            Nested nested)
            implements Event {}

    private record Nested(double share, long length) {}

    @Test
    void anEventIsACloudEvent() throws Exception {
        assertThat(json(new ClientDisconnected(CLIENT, ReasonCode.KEEP_ALIVE_TIMEOUT, "gone \"quietly\"")))
                .isEqualTo(Map.of(
                        "specversion", "1.0",
                        "id", "r-1",
                        "source", "plant-7",
                        "type", "io.skep.ClientDisconnected",
                        "time", "2026-01-02T03:04:05Z",
                        "data",
                                Map.of(
                                        "client",
                                        Map.of(
                                                "id", "ann-1",
                                                "address", "192.0.2.7:4711",
                                                "version", "3.1.1",
                                                "listener", "tcp",
                                                "certificates", List.of(),
                                                "connection",
                                                        Map.of(
                                                                "listener-type",
                                                                "ws",
                                                                "tls",
                                                                Map.of(
                                                                        "protocol",
                                                                        "TLSv1.3",
                                                                        "cipher-suite",
                                                                        "TLS_AES_128_GCM_SHA256"))),
                                        "reason",
                                        "keep-alive-timeout",
                                        "text",
                                        "gone \"quietly\"")));
    }

    @Test
    void aNewKindNeedsNothing() throws Exception {
        Event event = new Unforeseen(
                Qos.EXACTLY_ONCE,
                true,
                null,
                List.of(new UserProperty("a", "b")),
                Map.of("eggs", 3),
                Set.of(ReasonCode.NOT_AUTHORIZED),
                new byte[] {(byte) 0xff, 0},
                ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1),
                Duration.ofSeconds(90),
                new Nested(0.5, 1L << 40));
        assertThat(json(event))
                .containsEntry("type", "io.skep.Unforeseen")
                .containsEntry(
                        "data",
                        Map.of(
                                "qos",
                                2,
                                "again",
                                true,
                                "user-properties",
                                List.of(Map.of("name", "a", "value", "b")),
                                "counts",
                                Map.of("eggs", 3),
                                "reasons",
                                List.of("not-authorized"),
                                "payload",
                                "/wA=",
                                "rest",
                                "AgM=",
                                "wait-max",
                                "PT1M30S",
                                "nested",
                                Map.of("share", 0.5, "length", 1L << 40)));
    }

    private static Map<String, Object> json(Event event) throws Exception {
        return JSON.std.mapFrom(EventJson.of(event, "r-1", "plant-7", Instant.parse("2026-01-02T03:04:05Z")));
    }
}
