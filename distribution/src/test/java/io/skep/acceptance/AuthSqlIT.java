// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.extension.postgresql.PostgresqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The extension auth-sql as it is packed, with its template, its tables and a real database. */
class AuthSqlIT {

    @RegisterExtension
    static final PostgresqlServer database = new PostgresqlServer();

    private static final String TEMPLATE = "extensions-available/auth-sql.yaml";

    /** {@code mosquitto_pub} exits with the return code of CONNACK. */
    private static final int BAD_USER_NAME_OR_PASSWORD = 4;

    @TempDir
    Path folder;

    private Installation skep;

    @BeforeAll
    static void makeTables(@TempDir Path folder) throws Exception {
        String tables = Files.readString(new Installation(folder).home().resolve(TEMPLATE))
                .lines()
                .filter(line -> line.startsWith("##     "))
                .map(line -> line.substring(2))
                .collect(Collectors.joining("\n"));
        database.execute(tables);
        database.execute("CREATE EXTENSION pgcrypto");
        database.execute("INSERT INTO mqtt_user VALUES ('ann', crypt('secret', gen_salt('bf', 6)))");
        database.execute("INSERT INTO mqtt_permission VALUES ('ann', 1, 'own/%u/%c/#')");
    }

    @BeforeEach
    void install() throws Exception {
        skep = new Installation(folder).enable("auth-sql");
    }

    private SkepProcess start(String url, String table, String timeout) throws Exception {
        String config = Files.readString(skep.home().resolve(TEMPLATE))
                .replaceFirst("#url: .*", "url: " + url)
                .replaceFirst("#timeout: .*", "timeout: " + timeout)
                .replaceFirst("#user:", "user: " + PostgresqlServer.USER)
                .replaceFirst("#password: .*", "password: \"" + PostgresqlServer.PASSWORD + "\"")
                .replace("mqtt_user", table);
        skep.write("conf/extensions/auth-sql.yaml", config);
        return skep.start();
    }

    @Test
    void usersAndPermissionsComeFromTheDatabaseAlsoAfterItWasAway() throws Exception {
        try (SkepProcess broker = start(database.url(), "mqtt_user", "5s")) {
            broker.await(Pattern.compile(".*extension auth-sql .* runs"));
            assertThat(publish(broker, "ann", "secret")).isZero();
            assertThat(publish(broker, "ann", "Secret")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
            assertThat(publish(broker, "bob", "secret")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
            assertThat(subscribes(broker, "own/ann/bulb/+")).isTrue();
            assertThat(subscribes(broker, "own/ann/#")).isFalse();

            database.stop();
            assertThat(publish(broker, "ann", "secret")).isNotZero();
            database.start();
            awaitLogin(broker);
        }
    }

    @Test
    void aDatabaseThatIsAwayAtTheStartIsWaitedFor() throws Exception {
        database.stop();
        try (SkepProcess broker = start(database.url(), "mqtt_user", "1s")) {
            broker.await(
                    Pattern.compile(".*WARN .*url: 'jdbc:postgresql://.*' \\(expected: a database that answers.*"));
            assertThat(publish(broker, "ann", "secret")).isNotZero();
            database.start();
            awaitLogin(broker);
        }
    }

    @Test
    void aQueryThatIsNotFitIsNamedAtTheStart() throws Exception {
        try (SkepProcess broker = start(database.url(), "mqtt_usr", "5s")) {
            broker.await(Pattern.compile(".*WARN .*user-query: ERROR: relation \"mqtt_usr\" does not exist.*"));
        }
    }

    private static void awaitLogin(SkepProcess broker) throws Exception {
        long deadlineNanos = System.nanoTime() + Program.DEADLINE.toNanos();
        while (publish(broker, "ann", "secret") != 0) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
        }
    }

    private static int publish(SkepProcess broker, String user, String password) throws Exception {
        try (Program publisher = MosquittoClients.publisher(
                broker.port(), "-u", user, "-P", password, "-q", "1", "-t", "own/ann/x/y", "-m", "x")) {
            return publisher.exitCode();
        }
    }

    private static boolean subscribes(SkepProcess broker, String filter) throws Exception {
        try (Program subscriber = MosquittoClients.subscriber(
                broker.port(), "-u", "ann", "-P", "secret", "-i", "bulb", "-q", "1", "-t", filter)) {
            return subscriber
                    .await(Pattern.compile("Subscribed \\(mid: 1\\): (\\d+)"))
                    .group(1)
                    .equals("1");
        }
    }
}
