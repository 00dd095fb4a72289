// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.Cache;
import io.skep.extension.account.PasswordHash;
import io.skep.extension.postgresql.PostgresqlServer;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlUsersTest {

    @RegisterExtension
    static final PostgresqlServer server = new PostgresqlServer();

    private static final String USERS = "SELECT password, client_id, enabled FROM users WHERE name = :userName";
    private static final String PERMISSIONS = "SELECT topic, action, qos_max, retain, effect FROM permissions"
            + " WHERE user_name = :userName ORDER BY position";
    private static final Decision NOTHING = Decision.allow(Permissions.of());

    private final List<Database> opened = new ArrayList<>();

    @BeforeAll
    static void makeTables() throws Exception {
        server.execute("CREATE EXTENSION pgcrypto");
        server.execute("CREATE TABLE users (name text, password text, client_id text, enabled boolean DEFAULT true)");
        server.execute("CREATE TABLE permissions (position serial, user_name text, topic text, action text,"
                + " qos_max integer, retain boolean, effect text)");
    }

    @BeforeEach
    void addAnn() throws Exception {
        server.execute("TRUNCATE users, permissions");
        insert("ann", PasswordHash.create("secret", 1000).toString());
    }

    @AfterEach
    void close() throws Exception {
        for (Database database : opened) {
            database.close();
        }
    }

    @Test
    void theRightPasswordGivesThePermissionsInOrder() throws Exception {
        server.execute("INSERT INTO permissions (user_name, topic, action, qos_max, retain, effect) VALUES"
                + " ('ann', 'devices/%c/private/#', 'subscribe', NULL, NULL, 'deny'),"
                + " ('ann', 'devices/%u/#', NULL, NULL, NULL, NULL),"
                + " ('ann', 'news', 'publish', 1, false, 'allow'),"
                + " ('bob', 'all', 'all', NULL, NULL, NULL)");

        assertThat(login("ann", "secret", "dev7"))
                .isEqualTo(Decision.allow(Permissions.of(
                        Permission.deny("devices/dev7/private/#", Action.SUBSCRIBE),
                        Permission.allow("devices/ann/#", Action.PUBLISH, Action.SUBSCRIBE),
                        new Permission(Effect.ALLOW, Set.of(Action.PUBLISH), "news", Qos.AT_LEAST_ONCE, false))));
    }

    @Test
    void aWrongPasswordIsRefusedAndAnUnknownUserLeftToTheNextExtension() throws Exception {
        assertThat(login("ann", "Secret", "c")).isEqualTo(Decision.deny());
        assertThat(login("bob", "secret", "c")).isEqualTo(Decision.next());
        assertThat(login("ann", "secret", "c")).isEqualTo(NOTHING);
    }

    @Test
    void whoIsNotEnabledOrHasNoPasswordIsRefused() throws Exception {
        server.execute("INSERT INTO users VALUES ('bob', NULL)");
        server.execute("UPDATE users SET enabled = false WHERE name = 'ann'");

        assertThat(login("ann", "secret", "c")).isEqualTo(Decision.deny());
        assertThat(login("bob", "secret", "c")).isEqualTo(Decision.deny());
        server.execute("UPDATE users SET enabled = NULL WHERE name = 'ann'");
        assertThat(login("ann", "secret", "c")).isEqualTo(Decision.deny());
    }

    @Test
    void aUserMayBeHeldToItsOwnClientIds() throws Exception {
        server.execute("UPDATE users SET client_id = '%u-*'");

        assertThat(login("ann", "secret", "ann-1")).isEqualTo(NOTHING);
        assertThat(login("ann", "secret", "bob-1"))
                .isInstanceOfSatisfying(
                        Decision.Deny.class, deny -> assertThat(deny.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "crypt('secret', gen_salt('bf', 4))",
                "replace(crypt('secret', gen_salt('bf', 4)), '$2a$', '$2b$')",
                "'$sha256$' || encode('pepper', 'hex') || '$' || encode(digest('peppersecret', 'sha256'), 'hex')",
                "'$sha512$' || encode('pepper', 'hex') || '$' || upper(encode(digest('peppersecret', 'sha512'), 'hex'))",
            })
    void hashesThatTheDatabaseMadeAreUnderstood(String expression) throws Exception {
        server.execute("UPDATE users SET password = " + expression);

        assertThat(login("ann", "secret", "c")).isEqualTo(NOTHING);
        assertThat(login("ann", "Secret", "c")).isEqualTo(Decision.deny());
        assertThat(login("ann", "secretsecret", "c")).isEqualTo(Decision.deny());
    }

    @Test
    void ofALongPasswordBcryptSeesTheBeginningOnly() throws Exception {
        String password = "0123456789".repeat(9);
        server.execute("UPDATE users SET password = crypt('" + password + "', gen_salt('bf', 4))");

        assertThat(login("ann", password, "c")).isEqualTo(NOTHING);
        assertThat(login("ann", password + "x", "c")).isEqualTo(NOTHING);
        assertThat(login("ann", password.substring(0, 71), "c")).isEqualTo(Decision.deny());
    }

    @Test
    void aPasswordThatIsNoHashLetsNobodyIn() throws Exception {
        server.execute("UPDATE users SET password = 'secret'");

        assertThatThrownBy(() -> login("ann", "secret", "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("password: not a hash (expected: ")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"' OR '1'='1", "ann'; DROP TABLE users; --", "ann' --", "\\' OR 1=1 --"})
    void whatAClientSaysIsNeverSql(String name) throws Exception {
        assertThat(login(name, "secret", name)).isEqualTo(Decision.next());
        assertThat(login("ann", "secret", name)).isEqualTo(NOTHING);
    }

    @Test
    void aQueryMayAskForAllOfAClient() throws Exception {
        SqlUsers users = users("SELECT password FROM users WHERE name = :userName AND :clientId = 'c' AND"
                + " CAST(:address AS inet) << '127.0.0.0/8' AND :listener = 'tcp'");

        assertThat(ask(users, "ann", "secret", "c")).isEqualTo(NOTHING);
        assertThat(ask(users, "ann", "secret", "d")).isEqualTo(Decision.next());
    }

    @Test
    void anUnknownUserTakesTheWorkOfTheLastOneWhoIsKnown() throws Exception {
        server.execute("UPDATE users SET password = crypt('secret', gen_salt('bf', 10))");
        SqlUsers users = users(USERS);
        ask(users, "ann", "wrong", "c");

        assertThat(leastNanos(users, "nobody")).isGreaterThan(leastNanos(users, "ann") / 3);
    }

    private static long leastNanos(SqlUsers users, String name) {
        return LongStream.range(0, 3)
                .map(i -> {
                    long begin = System.nanoTime();
                    try {
                        ask(users, name, "wrong", "c");
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                    return System.nanoTime() - begin;
                })
                .min()
                .orElseThrow();
    }

    @Test
    void whileTheDatabaseIsDownNobodyIsLetInAndThenItGoesOn() throws Exception {
        SqlUsers users = users(USERS, Duration.ofSeconds(3));
        assertThat(ask(users, "ann", "secret", "c")).isEqualTo(NOTHING);
        server.stop();
        try {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> ask(users, "ann", "secret", "c")).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        } finally {
            server.start();
        }
        long begin = System.nanoTime();
        while (!answers(users)) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
        }
    }

    private static boolean answers(SqlUsers users) {
        try {
            return ask(users, "ann", "secret", "c").equals(NOTHING);
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void aDatabaseThatSaysNothingIsNotWaitedForForLong() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            SqlUsers users = users(new AuthSqlConfig(
                    "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/x",
                    "x",
                    null,
                    USERS,
                    PERMISSIONS,
                    1,
                    Duration.ofMillis(300),
                    Cache.NONE));
            long begin = System.nanoTime();
            assertThatThrownBy(users::probe).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void aQueryThatTakesTooLongIsGivenUp() throws Exception {
        SqlUsers users =
                users("SELECT password FROM users, pg_sleep(60) WHERE name = :userName", Duration.ofSeconds(2));

        long begin = System.nanoTime();
        assertThatThrownBy(() -> ask(users, "ann", "secret", "c")).isInstanceOf(SQLException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        assertThat(server.query("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                        + " AND application_name = 'auth-sql-test'"))
                .as("queries that go on in the server")
                .isEqualTo("0");
    }

    @Test
    void manyLoginsShareAFewConnections() throws Exception {
        SqlUsers users = users("SELECT password FROM users, pg_sleep(0.01) WHERE name = :userName");
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<Future<Decision>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(threads.submit(() -> ask(users, "ann", "secret", "c")));
            }
            for (Future<Decision> answer : answers) {
                assertThat(answer.get()).isEqualTo(NOTHING);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(Integer.parseInt(server.query(
                        "SELECT count(*) FROM pg_stat_activity" + " WHERE application_name = 'auth-sql-test'")))
                .isBetween(1, 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    SELECT passwort FROM users | user-query: ERROR: column "passwort" does not exist
                    SELEKT password FROM users | user-query: ERROR: syntax error
                    SELECT password FROM user_s | user-query: ERROR: relation "user_s" does not exist
                    SELECT name AS password, password AS hash FROM users | user-query: column 'hash' (expected: password, and if need be client_id, enabled; rename with AS)
                    SELECT client_id FROM users | user-query: columns [client_id] (expected: password, and
                    DELETE FROM users RETURNING password | user-query: ERROR: cannot execute DELETE in a read-only transaction
                    """)
    void aQueryThatIsNotFitIsNamedAtTheStart(String query, String message) {
        SqlUsers users = users(query);

        assertThatThrownBy(users::probe)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aQueryThatNeedsANumberOrAnAddressIsFit() throws Exception {
        users("SELECT password FROM users WHERE length(name) = CAST(:userName AS integer)")
                .probe();
        users(USERS).probe();
    }

    @Test
    void severalRowsForAUserLetNobodyIn() throws Exception {
        insert("ann", PasswordHash.create("other", 1000).toString());

        assertThatThrownBy(() -> login("ann", "secret", "c"))
                .hasMessage("user-query: several rows (expected: one for each user)");
    }

    @ParameterizedTest
    @CsvSource({
        "'a/#/b', all, 2, allow, topic: ",
        "a, read, 2, allow, 'action: ''read'' (expected: publish, subscribe or all)'",
        "a, all, 3, allow, qos-max: 3",
        "a, all, 2, dny, 'effect: ''dny'' (expected: allow or deny)'",
    })
    void aRuleThatIsNotFitLetsNobodyIn(String topic, String action, int qosMax, String effect, String message)
            throws Exception {
        server.execute("INSERT INTO permissions (user_name, topic, action, qos_max, effect) VALUES ('ann', '" + topic
                + "', '" + action + "', " + qosMax + ", '" + effect + "')");

        assertThatThrownBy(() -> login("ann", "secret", "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private Decision login(String userName, String password, String clientId) throws SQLException {
        return ask(users(USERS), userName, password, clientId);
    }

    private SqlUsers users(String userQuery) {
        return users(userQuery, Duration.ofSeconds(8));
    }

    private SqlUsers users(String userQuery, Duration timeout) {
        return users(new AuthSqlConfig(
                server.url() + "?ApplicationName=auth-sql-test",
                PostgresqlServer.USER,
                PostgresqlServer.PASSWORD,
                userQuery,
                PERMISSIONS,
                2,
                timeout,
                Cache.NONE));
    }

    private SqlUsers users(AuthSqlConfig config) {
        Database database = new Database(config);
        opened.add(database);
        return new SqlUsers(database, config);
    }

    private static Decision ask(SqlUsers users, String userName, String password, String clientId) throws SQLException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client client = new Client(clientId, userName, address, ProtocolVersion.V3_1_1, "tcp", List.of());
        byte[] bytes = password.getBytes(UTF_8);
        return users.ask(new Login(client, bytes), userName, bytes);
    }

    private static void insert(String name, String password) throws SQLException {
        server.execute("INSERT INTO users VALUES ('" + name + "', '" + password + "')");
    }
}
