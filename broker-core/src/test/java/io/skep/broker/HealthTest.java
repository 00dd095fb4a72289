// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.admin.AdminClient;
import io.skep.broker.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthTest {

    @TempDir
    private Path home;

    @Test
    void aRunningBrokerIsHealthyAndCountsItsClients() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, "")) {
            RawClient.connect(broker.port(), "ann", false).close();
            RunningBroker.await("the end of a connection", () -> broker.connections() == 0);
            try (RawClient bob = RawClient.connect(broker.port(), "bob", true)) {
                JsonObject answer = ask();
                assertThat(bob.socket().isConnected()).isTrue();
                assertThat(answer.flag("healthy")).isTrue();
                assertThat(answer.text("state")).isEqualTo("ready");
                assertThat(answer.object("storage").flag("writes")).isTrue();
                assertThat(answer.number("connections")).isEqualTo(1);
                assertThat(answer.number("sessions")).isEqualTo(2);
                assertThat(answer.number("process"))
                        .isEqualTo(ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void aBrokerThatHasStoppedIsNotThere() throws IOException {
        RunningBroker.start(home, "").close();
        assertThat(AdminClient.ask(home.resolve("data"), new JsonObject(), RunningBroker.SOON))
                .isNull();
    }

    private JsonObject ask() throws IOException {
        JsonObject request = new JsonObject().put("command", "health");
        return Objects.requireNonNull(AdminClient.ask(home.resolve("data"), request, RunningBroker.SOON));
    }
}
