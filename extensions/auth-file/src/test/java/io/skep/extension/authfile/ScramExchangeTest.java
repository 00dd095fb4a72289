// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.PasswordHash;
import io.skep.extension.account.Role;
import io.skep.extension.authfile.ScramExchange.Candidate;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator.Exchange;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramExchangeTest {

    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static final String PENCIL = ScramClient.verifier("pencil", SALT, 4096);
    private static final String HASH = PasswordHash.create("pencil", 1000).toString();
    private static final Map<String, Role> ROLES =
            Map.of("own", new Role(List.of(new Role.Rule("%u/%c/#", List.of(), Permission.Effect.ALLOW, 2, true))));

    private final ScramAuthenticator authenticator = new ScramAuthenticator();

    ScramExchangeTest() {
        authenticator.use(directory("pencil"));
    }

    /** The example of RFC 7677, section 3. */
    @Test
    void theExampleOfTheStandardComesOutAsItIsWritten() {
        Directory directory = directory("pencil");
        Exchange exchange = new ScramExchange(
                login(null, "c"),
                name -> new Candidate(name, directory.account(name), ScramVerifier.parse(PENCIL)),
                "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");

        assertThat(said(exchange.answer(utf8("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))))
                .isEqualTo("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(exchange.answer(utf8("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")))
                .isInstanceOfSatisfying(AuthAnswer.Allow.class, allow -> {
                    assertThat(allow.data())
                            .asString(UTF_8)
                            .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
                    assertThat(allow.permissions().rules())
                            .singleElement()
                            .extracting(Permission::topicFilter)
                            .isEqualTo("user/c/#");
                });
    }

    @Test
    void theRightPasswordIsProvenBothWays() {
        ScramClient client = new ScramClient("user", "pencil", "abc");

        assertThat(run(client, login("user", "c")))
                .isInstanceOfSatisfying(
                        AuthAnswer.Allow.class,
                        allow -> assertThat(client.trusts(Objects.requireNonNull(allow.data())))
                                .isTrue());
    }

    @Test
    void aUserNameMayHaveCommasAndEqualsSigns() {
        assertThat(run(new ScramClient("a=2Cb=3D2C", "pencil", "abc"), login(null, "c")))
                .isInstanceOf(AuthAnswer.Allow.class);
    }

    @Test
    void aWrongPasswordAnUnknownUserAndOneWithoutAVerifierLookTheSame() {
        for (String user : List.of("user", "nobody", "hash")) {
            String password = user.equals("user") ? "pen" : "pencil";
            Exchange exchange = authenticator.begin(login(null, "c"));
            ScramClient client = new ScramClient(user, password, "abc");

            String question = said(exchange.answer(client.first()));
            assertThat(question).matches("r=abc[A-Za-z0-9+/]{24},s=[A-Za-z0-9+/]{22}==,i=4096");
            assertThat(exchange.answer(client.last(utf8(question)))).isEqualTo(AuthAnswer.deny());
        }
    }

    @Test
    void anUnknownUserHasTheSameSaltForever() {
        String salt = salt(authenticator, "nobody");
        assertThat(salt(authenticator, "nobody")).isEqualTo(salt);
        assertThat(salt(authenticator, "somebody")).isNotEqualTo(salt);

        authenticator.use(directory("other"));
        assertThat(salt(authenticator, "nobody")).as("after a change of users").isEqualTo(salt);

        ScramAuthenticator restarted = new ScramAuthenticator();
        restarted.use(directory("pencil"));
        assertThat(salt(restarted, "nobody")).as("after a restart").isEqualTo(salt);

        ScramAuthenticator elsewhere = new ScramAuthenticator();
        elsewhere.use(directory("other"));
        assertThat(salt(elsewhere, "nobody")).as("in another broker").isNotEqualTo(salt);
    }

    @Test
    void aUserNameInConnectHasToBeTheOneThatIsProven() {
        assertThat(run(new ScramClient("user", "pencil", "abc"), login("boss", "c")))
                .isEqualTo(AuthAnswer.deny(
                        ReasonCode.NOT_AUTHORIZED, "user name: 'boss' (expected: none, or that of SCRAM)"));
    }

    @Test
    void theClientIdIsCheckedAsForPasswords() {
        assertThat(run(new ScramClient("user", "pencil", "abc"), login(null, "d")))
                .isEqualTo(AuthAnswer.deny(
                        ReasonCode.NOT_AUTHORIZED, "client id: 'd' (expected: one that this user may use)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n,,n=user",
                "n,,r=abc,n=user",
                "n,,n=,r=abc",
                "n,,n=user,r=",
                "n,,n=a=2D,r=abc",
                "p=tls-unique,,n=user,r=abc",
                "n,,m=ext,n=user,r=abc",
                "n,a=boss,n=user,r=abc"
            })
    void aFirstMessageOfAnotherFormIsDenied(String message) {
        assertThat(authenticator.begin(login(null, "c")).answer(utf8(message))).isInstanceOf(AuthAnswer.Deny.class);
    }

    @Test
    void bytesThatAreNoTextAreDenied() {
        assertThat(authenticator.begin(login(null, "c")).answer(new byte[] {(byte) 0xFF}))
                .isInstanceOf(AuthAnswer.Deny.class);
    }

    @Test
    void aLastMessageThatBelongsToAnotherExchangeIsDenied() {
        ScramClient client = new ScramClient("user", "pencil", "abc");
        Exchange first = authenticator.begin(login(null, "c"));
        byte[] last = client.last(utf8(said(first.answer(client.first()))));

        Exchange second = authenticator.begin(login(null, "c"));
        second.answer(client.first());
        assertThat(second.answer(last)).isInstanceOf(AuthAnswer.Deny.class);

        String altered = new String(last, UTF_8).replace("c=biws", "c=eSws");
        assertThat(first.answer(utf8(altered))).isInstanceOf(AuthAnswer.Deny.class);
    }

    @Test
    void aVerifierOfAnotherFormIsRefusedWithoutRepeatingIt() {
        for (String text : List.of("", "secret", PENCIL + "x", PENCIL.replace("=4096", "=0"), HASH)) {
            assertThatThrownBy(() -> new User(null, text, List.of(), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "scram: not a verifier (expected: $scram-sha-256$i=..., made with skep passwd --scram)");
        }
        assertThat(ScramVerifier.parse(PENCIL)).hasToString(PENCIL);
        assertThatThrownBy(() -> new User(null, null, List.of(), null)).hasMessageStartingWith("password: none ");
    }

    private AuthAnswer run(ScramClient client, Login login) {
        Exchange exchange = authenticator.begin(login);
        return exchange.answer(client.last(utf8(said(exchange.answer(client.first())))));
    }

    private static String salt(ScramAuthenticator authenticator, String user) {
        Exchange exchange = authenticator.begin(login(null, "c"));
        return said(exchange.answer(utf8("n,,n=" + user + ",r=abc"))).replaceAll(".*,s=|,i=.*", "");
    }

    private static Directory directory(String password) {
        String scram = ScramClient.verifier(password, SALT, 4096);
        return new Directory(
                Map.of(
                        "user", new User(HASH, scram, List.of("own"), "c"),
                        "a,b=2C", new User(null, scram, List.of(), null),
                        "hash", new User(HASH, null, List.of(), null)),
                ROLES);
    }

    private static String said(AuthAnswer answer) {
        assertThat(answer).isInstanceOf(AuthAnswer.Continue.class);
        return new String(((AuthAnswer.Continue) answer).data(), UTF_8);
    }

    private static Login login(@Nullable String userName, String clientId) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        return new Login(new Client(clientId, userName, address, ProtocolVersion.V5_0, "tcp", List.of()), null);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
