// Skep, an MQTT broker. Apache-2.0; see LICENSE.
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.nio.file.Path;

/** Runs HiveMQ CE until it is stopped. Embedded, it lets anonymous clients in. */
final class HiveMq {

    private HiveMq() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(home.resolve("conf"))
                .withDataFolder(home.resolve("data"))
                .build();
        broker.start().join();
        Thread.currentThread().join();
    }
}
