// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skep.acceptance.Clients.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscriber of a Java library in a JVM of its own, which can be killed. */
public final class SubscriberMain {

    private static final Logger log = LoggerFactory.getLogger(SubscriberMain.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SUBSCRIBED = Pattern.compile(".* subscribed");

    private SubscriberMain() {}

    static Program start(Clients clients, int port, Plan plan) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SubscriberMain.class.getName(),
                clients.name(),
                Integer.toString(port),
                JSON.writeValueAsString(plan));
        Program program = Program.start(Path.of("").toAbsolutePath(), Map.of(), command);
        program.await(SUBSCRIBED);
        return program;
    }

    /** Subscribes, and stays. */
    public static void main(String[] arguments) throws Exception {
        Clients clients = Clients.all().stream()
                .filter(each -> each.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        Plan plan = JSON.readValue(arguments[2], Plan.class);
        try (Subscriber subscriber = clients.subscribe(Integer.parseInt(arguments[1]), plan)) {
            log.info("subscribed");
            while (true) {
                subscriber.next();
            }
        }
    }
}
