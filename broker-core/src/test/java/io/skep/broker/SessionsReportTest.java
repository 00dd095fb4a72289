// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static io.skep.broker.ServedBroker.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.admin.AdminClient;
import io.skep.broker.json.JsonObject;
import io.skep.sdk.Qos;
import io.skep.sdk.service.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionsReportTest {

    @TempDir
    private Path home;

    @Test
    void aSessionIsToldWithWhatWaitsAndWhatWasDropped() throws IOException {
        try (ServedBroker served = ServedBroker.start(home, "sessions: {queue-messages-max: 2}\n")) {
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                ann.subscribe(1, "q");
            }
            RunningBroker.await("the end of a connection", () -> served.broker.connections() == 0);
            for (int i = 0; i < 3; i++) {
                soon(served.services.publisher().publish(Message.of("q", "x").withQos(Qos.AT_LEAST_ONCE)));
            }
            List<JsonObject> found =
                    ask(new JsonObject().put("clientId", "ann")).list("sessions", JsonObject.class);
            assertThat(found).hasSize(1);
            JsonObject ann = found.get(0);
            assertThat(ann.text("clientId")).isEqualTo("ann");
            assertThat(ann.flag("connected")).isFalse();
            assertThat(ann.text("disconnectedAt")).startsWith("20");
            assertThat(ann.number("expirySeconds")).isPositive();
            assertThat(ann.number("subscriptions")).isEqualTo(1);
            assertThat(ann.number("queuedMessages")).isEqualTo(2);
            assertThat(ann.number("queuedBytes")).isPositive();
            assertThat(ann.number("droppedMessages")).isEqualTo(1);
            assertThat(ask(new JsonObject().put("clientId", "bob")).list("sessions", JsonObject.class))
                    .isEmpty();
        }
    }

    @Test
    void allSessionsComeByClientIdPageByPage() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            List<String> expected = new ArrayList<>();
            for (char c = 'z'; c >= 'a'; c--) {
                RawClient.connect(served.port(), "c" + c, false).close();
                expected.add(0, "c" + c);
            }
            List<String> seen = new ArrayList<>();
            JsonObject page = ask(new JsonObject().put("limit", 7));
            while (true) {
                page.list("sessions", JsonObject.class).forEach(line -> seen.add(line.text("clientId")));
                if (!page.has("next")) {
                    break;
                }
                page = ask(new JsonObject().put("limit", 7).put("after", page.text("next")));
            }
            assertThat(seen).isEqualTo(expected);
        }
    }

    private JsonObject ask(JsonObject request) throws IOException {
        return Objects.requireNonNull(
                AdminClient.ask(home.resolve("data"), request.put("command", "sessions"), RunningBroker.SOON));
    }
}
