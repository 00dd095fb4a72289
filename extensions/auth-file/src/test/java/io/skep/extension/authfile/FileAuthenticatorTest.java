// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.PasswordHash;
import io.skep.extension.account.Role;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FileAuthenticatorTest {

    private static final String SECRET = PasswordHash.create("secret", 1000).toString();
    private static final Map<String, Role> ROLES = Map.of(
            "device",
            new Role(List.of(
                    rule("devices/%c/private/#", List.of(Action.SUBSCRIBE), Effect.DENY),
                    rule("devices/%c/#", null, null))),
            "reader",
            new Role(List.of(new Role.Rule("news/%u/+", List.of(Action.SUBSCRIBE), Effect.ALLOW, 1, false))),
            "plain",
            new Role(List.of(rule("all", null, null))));

    private final List<Runnable> hashing = new ArrayList<>();
    private final FileAuthenticator authenticator = new FileAuthenticator(hashing::add);

    FileAuthenticatorTest() {
        authenticator.use(new Directory(
                Map.of(
                        "anna", new User(SECRET, null, List.of("device", "reader"), null),
                        "bert", new User(SECRET, null, List.of("plain"), "%u-*")),
                ROLES));
    }

    @Test
    void theRightPasswordGivesThePermissionsOfTheRolesInOrder() {
        Decision decision = login("anna", "secret", "dev7");

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Allow.class,
                        allow -> assertThat(allow.permissions().rules())
                                .containsExactly(
                                        Permission.deny("devices/dev7/private/#", Action.SUBSCRIBE),
                                        Permission.allow("devices/dev7/#", Action.PUBLISH, Action.SUBSCRIBE),
                                        new Permission(
                                                Effect.ALLOW,
                                                Set.of(Action.SUBSCRIBE),
                                                "news/anna/+",
                                                Qos.AT_LEAST_ONCE,
                                                false)));
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThat(login("anna", "Secret", "dev7")).isEqualTo(Decision.deny());
    }

    @Test
    void whoHasNoPasswordHashIsRefusedAfterTheSameWork() {
        String scram = ScramClient.verifier("secret", new byte[16], 4096);
        authenticator.use(new Directory(Map.of("dora", new User(null, scram, List.of(), null)), ROLES));
        Decision decision = authenticator.authenticate(request("dora", "secret", "d"));

        assertThat(decision).isInstanceOf(Decision.Later.class);
        assertThat(answer(decision)).isEqualTo(Decision.deny());
    }

    @Test
    void anUnknownUserIsLeftToTheNextExtensionAfterTheSameWork() {
        Decision decision = authenticator.authenticate(request("carl", "secret", "c"));

        assertThat(decision).isInstanceOf(Decision.Later.class);
        assertThat(hashing).hasSize(1);
        assertThat(answer(decision)).isEqualTo(Decision.next());
    }

    @Test
    void whoShowsNoPasswordIsLeftToTheNextExtension() {
        assertThat(login(null, "secret", "c")).isEqualTo(Decision.next());
        assertThat(login("anna", null, "c")).isEqualTo(Decision.next());
        assertThat(login("anna", "", "c")).isEqualTo(Decision.next());
    }

    @Test
    void clientsWithOnePasswordThatComeAllAtOnceCostOneHash() {
        String slow = PasswordHash.create("secret", 1_000_000).toString();
        authenticator.use(new Directory(Map.of("fleet", new User(slow, null, List.of("plain"), null)), ROLES));
        for (int i = 0; i < 20; i++) {
            authenticator.authenticate(request("fleet", "secret", "dev" + i));
        }
        assertThat(hashing).hasSize(20);
        long first = nanos(hashing.get(0));
        long others =
                hashing.stream().skip(1).mapToLong(FileAuthenticatorTest::nanos).sum();
        assertThat(others).isLessThan(first);
    }

    private static long nanos(Runnable step) {
        long begin = System.nanoTime();
        step.run();
        return System.nanoTime() - begin;
    }

    @Test
    void aPasswordThatWasRightJustBeforeIsNotHashedAgain() {
        login("anna", "secret", "dev7");
        hashing.clear();

        assertThat(authenticator.authenticate(request("anna", "secret", "dev8")))
                .isInstanceOf(Decision.Allow.class);
        assertThat(authenticator.authenticate(request("anna", "Secret", "dev8")))
                .isInstanceOf(Decision.Later.class);
        assertThat(authenticator.authenticate(request("bert", "secret", "bert-1")))
                .as("the same text is the password of another hash")
                .isInstanceOf(Decision.Allow.class);
    }

    @Test
    void aChangedPasswordIsCheckedAnew() {
        login("anna", "secret", "dev7");
        String changed = PasswordHash.create("changed", 1000).toString();
        authenticator.use(new Directory(Map.of("anna", new User(changed, null, List.of(), null)), ROLES));

        assertThat(login("anna", "secret", "dev7")).isEqualTo(Decision.deny());
        assertThat(login("anna", "changed", "dev7")).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void aUserMayBeHeldToItsOwnClientIds() {
        assertThat(login("bert", "secret", "bert-1")).isInstanceOf(Decision.Allow.class);
        assertThat(login("bert", "secret", "anna-1"))
                .isEqualTo(Decision.deny(
                        ReasonCode.NOT_AUTHORIZED, "client id: 'anna-1' (expected: one that this user may use)"));
    }

    @Test
    void aClientIdThatWouldWidenATopicIsRefusedUnlessNoTopicContainsIt() {
        assertThat(login("anna", "secret", "#"))
                .isInstanceOfSatisfying(
                        Decision.Deny.class,
                        deny -> assertThat(deny.text()).startsWith("client id: '#' (expected: without + # /"));
        assertThat(login("bert", "secret", "bert-#")).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void aRoleThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new Directory(Map.of("anna", new User(SECRET, null, List.of("boss"), null)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("users.anna.roles: boss (expected: one of [])");
    }

    private Decision login(@Nullable String userName, @Nullable String password, String clientId) {
        return answer(authenticator.authenticate(request(userName, password, clientId)));
    }

    private Decision answer(Decision decision) {
        hashing.forEach(Runnable::run);
        hashing.clear();
        return decision instanceof Decision.Later later
                ? later.stage()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join()
                : decision;
    }

    private static Login request(@Nullable String userName, @Nullable String password, String clientId) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client client = new Client(clientId, userName, address, ProtocolVersion.V3_1_1, "tcp", List.of());
        return new Login(client, password == null ? null : password.getBytes(StandardCharsets.UTF_8));
    }

    @SuppressWarnings("NullAway") // what a file leaves out is null
    private static Role.Rule rule(String topic, @Nullable List<Action> actions, @Nullable Effect effect) {
        return new Role.Rule(topic, actions, effect, null, null);
    }
}
