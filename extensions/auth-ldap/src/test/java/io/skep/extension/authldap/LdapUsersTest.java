// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.LDAPException;
import io.skep.extension.account.Cache;
import io.skep.extension.account.Role;
import io.skep.extension.authldap.AuthLdapConfig.GroupRoles;
import io.skep.extension.authldap.AuthLdapConfig.Groups;
import io.skep.extension.authldap.AuthLdapConfig.Users;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LdapUsersTest {

    @RegisterExtension
    static final LdapServer server = new LdapServer();

    private static final String PEOPLE = "ou=people,dc=example,dc=com";
    private static final String GROUPS = "ou=groups,dc=example,dc=com";
    private static final Users LOOKED_UP = new Users(null, PEOPLE, null, null, null);
    private static final Users BY_DN = new Users("uid=%u," + PEOPLE, null, null, null, null);
    private static final Decision NOTHING = Decision.allow(Permissions.of());
    private static final Decision ANNS = Decision.allow(Permissions.of(
            Permission.deny("devices/+/secret", Action.PUBLISH, Action.SUBSCRIBE),
            Permission.allow("devices/#", Action.PUBLISH, Action.SUBSCRIBE),
            Permission.allow("users/ann/c/#", Action.PUBLISH, Action.SUBSCRIBE)));

    private Duration timeout = Duration.ofSeconds(10);
    private final List<Connections> opened = new ArrayList<>();

    @BeforeAll
    static void fill() throws Exception {
        server.addUser("uid=ann," + PEOPLE, "ann", "secret");
        server.addUser("uid=bob," + PEOPLE, "bob", "secret");
        server.addUser("uid=x\\,y\\+z," + PEOPLE, "x,y+z", "secret");
        server.addUser("uid=a*b," + PEOPLE, "a*b", "secret");
        server.addGroup("devices", "uid=ann," + PEOPLE);
        server.addGroup("others", "uid=x\\,y\\+z," + PEOPLE);
    }

    @AfterEach
    void close() {
        opened.forEach(Connections::close);
    }

    @Test
    void whoCanBindHasThePermissionsOfItsGroupsInOrder() throws Exception {
        Groups found = new Groups(null, GROUPS, null);
        for (LdapUsers users : List.of(
                users(LOOKED_UP, new Groups(null, null, null)),
                users(LOOKED_UP, found),
                users(BY_DN, new Groups("memberof", null, null)),
                users(BY_DN, found))) {
            assertThat(ask(users, "ann", "secret")).isEqualTo(ANNS);
            assertThat(ask(users, "bob", "secret"))
                    .isEqualTo(Decision.allow(
                            Permissions.of(Permission.allow("users/bob/c/#", Action.PUBLISH, Action.SUBSCRIBE))));
        }
    }

    @Test
    void withoutGroupsEverybodyMayConnectAndNothingElse() throws Exception {
        assertThat(ask(users(LOOKED_UP), "ann", "secret")).isEqualTo(NOTHING);
    }

    @Test
    void aWrongPasswordIsRefusedAndAnUnknownUserLeftToTheNextExtension() throws Exception {
        assertThat(ask(users(LOOKED_UP), "ann", "Secret")).isEqualTo(Decision.deny());
        assertThat(ask(users(LOOKED_UP), "nobody", "secret")).isEqualTo(Decision.next());
        assertThat(ask(users(BY_DN), "ann", "Secret")).isEqualTo(Decision.deny());
        assertThat(ask(users(BY_DN), "nobody", "secret")).isEqualTo(Decision.deny());
    }

    @Test
    void aPasswordThatIsEmptyIsRefusedAlthoughTheServerWouldTakeIt() throws Exception {
        assertThat(ask(users(LOOKED_UP), "ann", "")).isEqualTo(Decision.deny());
        assertThat(ask(users(BY_DN), "ann", "")).isEqualTo(Decision.deny());
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "an*", "ann)(uid=*", "*)(|(uid=*", "\\61nn", "nobody)(|(uid=ann"})
    void whatAClientSaysIsNoPartOfAFilter(String name) throws Exception {
        assertThat(ask(users(LOOKED_UP), name, "secret")).isEqualTo(Decision.next());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann,ou=people,dc=example,dc=com", "ann+sn=x", "x,y", "#616e6e", "\\61nn"})
    void whatAClientSaysIsNoPartOfADn(String name) throws Exception {
        assertThat(ask(users(BY_DN), name, "secret")).isEqualTo(Decision.deny());
        assertThat(ask(users(new Users("uid=%u", null, null, null, null)), name, "secret"))
                .isEqualTo(Decision.deny());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x,y+z", "a*b"})
    void aNameMayHaveAnyCharacters(String name) throws Exception {
        assertThat(ask(users(LOOKED_UP), name, "secret")).isEqualTo(NOTHING);
        assertThat(ask(users(BY_DN), name, "secret")).isEqualTo(NOTHING);
    }

    @Test
    void aMemberWithAnUnusualNameIsFoundInItsGroup() throws Exception {
        AuthLdapConfig config = config(
                List.of(server.url()),
                LOOKED_UP,
                new Groups(null, GROUPS, null),
                List.of(new GroupRoles("CN=others, " + GROUPS, List.of("devices"))));
        assertThat(ask(users(config), "x,y+z", "secret")).isNotEqualTo(NOTHING);
        assertThat(ask(users(config), "ann", "secret")).isEqualTo(NOTHING);
    }

    @Test
    void rolesMaySeeTheNameThatTheDirectoryHas() throws Exception {
        Users named = new Users(null, PEOPLE, null, "uid", "%u-*");
        LdapUsers users =
                users(config(List.of(server.url()), named, null, List.of(new GroupRoles(null, List.of("user")))));

        assertThat(ask(users, "ANN", "secret", "ann-1"))
                .isEqualTo(Decision.allow(
                        Permissions.of(Permission.allow("users/ann/ann-1/#", Action.PUBLISH, Action.SUBSCRIBE))));
        assertThat(ask(users, "ANN", "secret", "ANN-1")).isInstanceOf(Decision.Deny.class);
    }

    @Test
    void severalEntriesLetNobodyIn() {
        LdapUsers users = users(new Users(null, PEOPLE, "(|(uid=%u)(uid=bob))", null, null));

        assertThatThrownBy(() -> ask(users, "ann", "secret"))
                .hasMessage("users.filter: several entries (expected: one for each user)");
    }

    @Test
    void referralsAreNotFollowed() throws Exception {
        try (ServerSocket elsewhere = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.add(
                    "dn: ou=elsewhere," + PEOPLE,
                    "objectClass: referral",
                    "objectClass: extensibleObject",
                    "ou: elsewhere",
                    "ref: ldap://127.0.0.1:" + elsewhere.getLocalPort() + "/ou=x");
            assertThat(ask(users(LOOKED_UP), "ann", "secret")).isEqualTo(NOTHING);
            LdapUsers below = users(new Users("uid=%u,ou=elsewhere," + PEOPLE, null, null, null, null));
            assertThat(ask(below, "ann", "secret")).isEqualTo(Decision.deny());
            elsewhere.setSoTimeout(100);
            assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void theServerIsAskedOverTls() throws Exception {
        assertThat(ask(users(tls(server.tlsUrl(), false, server.authority())), "ann", "secret"))
                .isEqualTo(NOTHING);
        assertThat(ask(users(tls(server.url(), true, server.authority())), "ann", "secret"))
                .isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aServerThatNobodyTrustsIsNotToldAnything(boolean startTls) throws Exception {
        String url = (startTls ? server.url() : server.tlsUrl()).replace("127.0.0.1", "localhost");
        LdapUsers trustful = users(tls(url, startTls, server.authority()));
        assertThat(ask(trustful, "ann", "secret")).isEqualTo(NOTHING);
        LdapUsers distrustful = users(tls(url, startTls, null));
        assertThatThrownBy(() -> ask(distrustful, "ann", "secret")).isInstanceOf(LDAPException.class);
        server.stop();
        server.start("stranger");
        try {
            LdapUsers users = users(tls(url, startTls, server.authority()));
            assertThatThrownBy(() -> ask(users, "ann", "secret"))
                    .isInstanceOf(LDAPException.class)
                    .hasMessageContaining("stranger.example");
        } finally {
            server.stop();
            server.start();
        }
    }

    @Test
    void whileTheServerIsDownNobodyIsLetInAndThenItGoesOn() throws Exception {
        LdapUsers users = users(LOOKED_UP);
        assertThat(ask(users, "ann", "secret")).isEqualTo(NOTHING);
        server.stop();
        try {
            assertFailsInTime(users);
        } finally {
            server.start();
        }
        assertThat(ask(users, "ann", "secret")).isEqualTo(NOTHING);
        server.stop();
        server.start();
        assertThat(ask(users, "ann", "secret"))
                .as("connections that were closed are replaced")
                .isEqualTo(NOTHING);
    }

    @Test
    void aServerThatSaysNothingIsNotWaitedForForLong() throws Exception {
        timeout = Duration.ofMillis(500);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "127.0.0.1:" + silent.getLocalPort();
            assertFailsInTime(users(config(List.of("ldap://" + url), LOOKED_UP, null, List.of())));
            assertFailsInTime(users(tls("ldaps://" + url, false, server.authority())));
        }
    }

    private static void assertFailsInTime(LdapUsers users) {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> ask(users, "ann", "secret")).isInstanceOf(LDAPException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void theNextServerIsAskedIfOneIsDown() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        List<String> servers = List.of("ldap://127.0.0.1:" + unused, server.url());
        assertThat(ask(users(config(servers, LOOKED_UP, null, List.of())), "ann", "secret"))
                .isEqualTo(NOTHING);
    }

    @Test
    void manyLoginsShareAFewConnections() throws Exception {
        LdapUsers users = users(LOOKED_UP);
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<Future<Decision>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String password = i % 3 == 0 ? "wrong" : "secret";
                answers.add(threads.submit(() -> ask(users, "ann", password)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(answers.get(i).get()).isEqualTo(i % 3 == 0 ? Decision.deny() : NOTHING);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.connections()).isBetween(2, 4);
    }

    @Test
    void aWrongPasswordOfOursIsAFailureAndNoRefusal() throws Exception {
        AuthLdapConfig right = config(List.of(server.url()), LOOKED_UP, null, List.of());
        LdapUsers users = users(new AuthLdapConfig(
                right.servers(),
                null,
                null,
                null,
                LdapServer.READER,
                "wrong",
                right.users(),
                null,
                List.of(),
                Map.of(),
                2,
                right.timeout(),
                Cache.NONE));

        assertThatThrownBy(users::probe).isInstanceOf(LDAPException.class);
        assertThatThrownBy(() -> ask(users, "ann", "secret")).isInstanceOf(LDAPException.class);
    }

    @Test
    void withoutAnAccountOfOursAUserReadsItsOwnEntry() throws Exception {
        AuthLdapConfig config = new AuthLdapConfig(
                List.of(server.url()),
                null,
                null,
                null,
                null,
                null,
                BY_DN,
                new Groups(null, null, null),
                groupRoles(),
                roles(),
                2,
                timeout,
                Cache.NONE);
        assertThat(ask(users(config), "ann", "secret")).isEqualTo(ANNS);
        assertThat(ask(users(config), "ann", "wrong")).isEqualTo(Decision.deny());
    }

    private LdapUsers users(Users users) {
        return users(config(List.of(server.url()), users, null, List.of()));
    }

    private LdapUsers users(Users users, Groups groups) {
        return users(config(List.of(server.url()), users, groups, groupRoles()));
    }

    private LdapUsers users(AuthLdapConfig config) {
        try {
            var tls = Trust.sockets(config.trust() == null ? null : Path.of(config.trust()), null);
            Connections lookups = Connections.ofLookups(config, tls);
            Connections logins = Connections.ofLogins(config, tls);
            opened.addAll(List.of(lookups, logins));
            return new LdapUsers(config, lookups, logins);
        } catch (LDAPException e) {
            throw new AssertionError(e);
        }
    }

    private static List<GroupRoles> groupRoles() {
        return List.of(
                new GroupRoles("cn=Devices," + GROUPS, List.of("secretive", "devices")),
                new GroupRoles("cn=others," + GROUPS, List.of("all")),
                new GroupRoles(null, List.of("user")));
    }

    private static Map<String, Role> roles() {
        return Map.of(
                "secretive",
                new Role(List.of(new Role.Rule("devices/+/secret", List.of(), Permission.Effect.DENY, null, null))),
                "devices",
                role("devices/#"),
                "all",
                role("#"),
                "user",
                role("users/%u/%c/#"));
    }

    private static Role role(String topic) {
        return new Role(List.of(new Role.Rule(topic, List.of(), Permission.Effect.ALLOW, null, null)));
    }

    private AuthLdapConfig tls(String url, boolean startTls, @Nullable Path trust) {
        return new AuthLdapConfig(
                List.of(url),
                startTls,
                trust == null ? null : trust.toString(),
                null,
                LdapServer.READER,
                LdapServer.READER_PASSWORD,
                LOOKED_UP,
                null,
                List.of(),
                Map.of(),
                2,
                timeout,
                Cache.NONE);
    }

    private AuthLdapConfig config(
            List<String> servers, Users users, @Nullable Groups groups, List<GroupRoles> groupRoles) {
        return new AuthLdapConfig(
                servers,
                null,
                null,
                null,
                LdapServer.READER,
                LdapServer.READER_PASSWORD,
                users,
                groups,
                groupRoles,
                roles(),
                2,
                timeout,
                Cache.NONE);
    }

    private static Decision ask(LdapUsers users, String userName, String password)
            throws LDAPException, InterruptedException {
        return ask(users, userName, password, "c");
    }

    private static Decision ask(LdapUsers users, String userName, String password, String clientId)
            throws LDAPException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client client = new Client(clientId, userName, address, ProtocolVersion.V3_1_1, "tcp", List.of());
        byte[] bytes = password.getBytes(UTF_8);
        return users.ask(new Login(client, bytes), userName, bytes);
    }
}
