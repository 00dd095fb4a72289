// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The extension auth-file, with a file that {@code skep passwd} has written. */
@TestInstance(Lifecycle.PER_CLASS)
class AuthFileIT {

    private static final String FILE = "conf/extensions/auth-file.yaml";

    /** {@code mosquitto_pub} exits with the return code of CONNACK. */
    private static final int BAD_USER_NAME_OR_PASSWORD = 4;

    private static final int NOT_AUTHORIZED = 5;

    private Path folder = Path.of("");
    private Installation skep;
    private SkepProcess broker;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        skep = new Installation(folder).enable("auth-file");
        skep.write(FILE, """
                # who may do what
                roles:
                  device:
                    permissions:
                      - topic: devices/%u/#
                      - topic: commands/%c
                        actions: [subscribe]
                  watcher:
                    permissions:
                      - topic: devices/#
                        actions: [subscribe]
                users:
                  lamp:
                    roles: [device]
                  wendy:
                    roles: [watcher]
                """);
        passwd("lamp", "edison");
        passwd("wendy", "see all");
        broker = skep.start();
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    private void passwd(String user, String password) throws Exception {
        List<String> arguments = List.of("passwd", user, "--file", FILE, "--password-stdin", "--iterations", "1000");
        try (Program passwd = skep.skep(skep.home(), arguments).answer(password)) {
            assertThat(passwd.exitCode()).as("%s", passwd.output()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lamp, edison, 0",
        "lamp, Edison, " + BAD_USER_NAME_OR_PASSWORD,
        "lamp, '', " + BAD_USER_NAME_OR_PASSWORD,
        "nobody, edison, " + BAD_USER_NAME_OR_PASSWORD
    })
    void whoDoesNotKnowThePasswordIsRefused(String user, String password, int exitCode) throws Exception {
        assertThat(publish(user, password, "devices/lamp/light")).isEqualTo(exitCode);
    }

    @Test
    void whoDoesNotSayWhoItIsIsRefused() throws Exception {
        try (Program publisher = MosquittoClients.publisher(broker.port(), "-t", "devices/lamp/light", "-m", "x")) {
            assertThat(publisher.exitCode()).isIn(BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED);
        }
    }

    @Test
    void rolesSayWhoPublishesWhere() throws Exception {
        try (Program watcher = subscribe("wendy", "see all", "eyes", "devices/#")) {
            watcher.await(ProgramSubscriber.SUBSCRIBED);
            assertThat(publish("lamp", "edison", "devices/door/open")).isZero(); // 3.1.1 has no way to say no
            assertThat(publish("wendy", "see all", "devices/lamp/light")).isZero();
            assertThat(publish("lamp", "edison", "devices/lamp/light")).isZero();
            assertThat(new ProgramSubscriber(watcher).next())
                    .isEqualTo(new Message("devices/lamp/light", "from lamp", 1, false));
        }
        try (Program told = MosquittoClients.publisher(
                broker.port(), "-V", "5", "-q", "1", "-u", "lamp", "-P", "edison", "-t", "devices/door", "-m", "x")) {
            assertThat(told.output()).anyMatch(line -> line.contains("Not authorized"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lamp, edison, bulb, devices/lamp/#, true",
        "lamp, edison, bulb, devices/#, false",
        "lamp, edison, bulb, commands/bulb, true",
        "lamp, edison, bulb, commands/+, false",
        "wendy, see all, bulb, commands/bulb, false",
        "wendy, see all, eyes, devices/+/light, true",
        "wendy, see all, eyes, #, false",
    })
    void rolesSayWhoSubscribesToWhat(String user, String password, String clientId, String filter, boolean allowed)
            throws Exception {
        try (Program subscriber = subscribe(user, password, clientId, filter)) {
            String code = subscriber
                    .await(Pattern.compile("Subscribed \\(mid: 1\\): (\\d+)"))
                    .group(1);
            assertThat(code).isEqualTo(allowed ? "1" : "128");
        }
    }

    @Test
    void aChangeOfTheFileHoldsWithoutARestart() throws Exception {
        assertThat(publish("newcomer", "hello", "x")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
        passwd("newcomer", "hello");
        awaitLogin("newcomer", "hello");

        passwd("newcomer", "changed");
        awaitLogin("newcomer", "changed");
        assertThat(publish("newcomer", "hello", "x")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
    }

    private void awaitLogin(String user, String password) throws Exception {
        long deadlineNanos = System.nanoTime() + Program.DEADLINE.toNanos();
        while (publish(user, password, "x") != 0) {
            assertThat(System.nanoTime()).as("%s can log in", user).isLessThan(deadlineNanos);
        }
    }

    private int publish(String user, String password, String topic) throws Exception {
        List<String> arguments = new ArrayList<>(login(user, password));
        Collections.addAll(arguments, "-q", "1", "-t", topic, "-m", "from " + user);
        try (Program publisher = MosquittoClients.publisher(broker.port(), arguments.toArray(String[]::new))) {
            return publisher.exitCode();
        }
    }

    private Program subscribe(String user, String password, String clientId, String filter) throws Exception {
        List<String> arguments = new ArrayList<>(login(user, password));
        Collections.addAll(arguments, "-q", "1", "-i", clientId, "-t", filter);
        return MosquittoClients.subscriber(broker.port(), arguments.toArray(String[]::new));
    }

    private static List<String> login(String user, String password) {
        return List.of("-u", user, "-P", password);
    }
}
