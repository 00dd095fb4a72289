// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {

    private static final String KEYS = "keys: {file: jwks.json}\n";

    @TempDir
    Path folder;

    private @Nullable Gate gate;

    @AfterEach
    void close() {
        if (gate != null) {
            gate.close();
        }
    }

    private Gate gate(String configuration) throws Exception {
        Files.writeString(folder.resolve("jwks.json"), Tokens.set(Tokens.EC.toPublicJWK()));
        Gate fresh = new Gate(folder, KEYS + configuration);
        gate = fresh;
        return fresh;
    }

    private static String token(JWTClaimsSet.Builder claims) {
        return Tokens.sign(Tokens.EC, "ES256", claims.build());
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"60s,-50,true", "60s,-70,false", "0,5,true", "0,-5,false"})
    void anExpiredTokenIsRefusedBeyondTheSkewOfClocks(String skew, int expiry, boolean letIn) throws Exception {
        Gate gate = gate("clock-skew: " + skew + "\n");
        Decision decision = gate.login(token(Tokens.claims().expirationTime(in(expiry))));
        if (letIn) {
            assertThat(decision).isInstanceOf(Decision.Allow.class);
        } else {
            Gate.assertRefused(decision, "exp: 2");
        }
    }

    @Test
    void aTokenWithoutExpiryIsRefusedUnlessThatIsAllowed() throws Exception {
        String forever = token(Tokens.claims().expirationTime(null));
        Gate.assertRefused(gate("").login(forever), "exp: null (expected: a time to come)");
        close();
        assertThat(gate("expiry-required: false\n").login(forever)).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void aTokenForLaterIsRefused() throws Exception {
        Gate gate = gate("");
        Gate.assertRefused(gate.login(token(Tokens.claims().notBeforeTime(in(60)))), "nbf: 2");
        assertThat(gate.login(token(Tokens.claims().notBeforeTime(in(20))))).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void issuerAndAudienceAreThoseOfTheBroker() throws Exception {
        Gate gate = gate("issuer: https://id.example.com/\naudience: [mqtt, broker]\n");

        assertThat(gate.login(token(Tokens.claims()))).isInstanceOf(Decision.Allow.class);
        assertThat(gate.login(token(Tokens.claims().audience(List.of("web", "broker")))))
                .isInstanceOf(Decision.Allow.class);
        Gate.assertRefused(gate.login(token(Tokens.claims().issuer("https://evil.example"))), "iss: 'https://evil");
        Gate.assertRefused(gate.login(token(Tokens.claims().issuer(null))), "iss: 'null'");
        Gate.assertRefused(gate.login(token(Tokens.claims().audience("web"))), "aud: [web]");
        Gate.assertRefused(gate.login(token(Tokens.claims().audience((String) null))), "aud: []");
    }

    @Test
    void withoutPermissionsAClientMayConnectAndNothingElse() throws Exception {
        Gate gate = gate("");
        assertThat(Gate.rules(gate.login(token(Tokens.claims())))).isEmpty();
        assertThat(gate.context.warnings()).singleElement().asString().startsWith("no permissions and no claims");
    }

    @Test
    void rulesOfTheConfigurationComeFirstWithTheirPlaceholdersFilled() throws Exception {
        Gate gate = gate("""
                claims: {publish: pub, subscribe: sub-to}
                permissions:
                  - {topic: "devices/%c/secret", effect: deny}
                  - {topic: "%{tenant}/%u/#", actions: [publish], qos-max: 1, retain: false}
                """);
        String token = Tokens.anna(Map.of("tenant", 7, "pub", List.of("a/+", "b/%u"), "sub-to", "news/#"));

        assertThat(Gate.rules(gate.login("dev7", null, token)))
                .containsExactly(
                        Permission.deny("devices/dev7/secret", Action.PUBLISH, Action.SUBSCRIBE),
                        new Permission(Effect.ALLOW, Set.of(Action.PUBLISH), "7/anna/#", Qos.AT_LEAST_ONCE, false),
                        Permission.allow("a/+", Action.PUBLISH),
                        Permission.allow("b/%u", Action.PUBLISH),
                        Permission.allow("news/#", Action.SUBSCRIBE));
    }

    @Test
    void aClaimMayHaveWholeRules() throws Exception {
        Gate gate = gate("claims: {permissions: mqtt}\n");
        String token = Tokens.anna(Map.of(
                "mqtt",
                List.of(
                        Map.of("topic", "a/secret", "effect", "deny"),
                        Map.of("topic", "a/#", "actions", List.of("subscribe"), "qos-max", 0, "retain", false),
                        Map.of("topic", "b", "actions", "publish"))));

        assertThat(Gate.rules(gate.login(token)))
                .containsExactly(
                        Permission.deny("a/secret", Action.PUBLISH, Action.SUBSCRIBE),
                        new Permission(Effect.ALLOW, Set.of(Action.SUBSCRIBE), "a/#", Qos.AT_MOST_ONCE, false),
                        Permission.allow("b", Action.PUBLISH));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            {"mqtt":7};                                         claim mqtt: 7 (expected: a list)
            {"mqtt":["a/#"]};                                   permission: a/# (expected: an object
            {"mqtt":[{"topic":"a","qosmax":1}]};                permission: {
            {"mqtt":[{"topic":7}]};                             topic: 7 (expected: a text)
            {"mqtt":[{"actions":["publish"]}]};                 topic: null (expected: a text)
            {"mqtt":[{"topic":"a/#/b"}]};                       topic filter: 'a/#/b'
            {"mqtt":[{"topic":"a","actions":["PUBLISH"]}]};     actions: PUBLISH
            {"mqtt":[{"topic":"a","actions":[]}]};              actions: []
            {"mqtt":[{"topic":"a","effect":"maybe"}]};          effect: maybe
            {"mqtt":[{"topic":"a","qos-max":3}]};               qos-max: 3 (expected: 0, 1 or 2)
            {"mqtt":[{"topic":"a","qos-max":4294967297}]};      qos-max: 4294967297
            {"mqtt":[{"topic":"a","qos-max":1.5}]};             qos-max: 1.5
            {"mqtt":[{"topic":"a","retain":"no"}]};             retain: no (expected: true or false)
            {"pub":["a/#",1]};                                  topic: 1 (expected: a text)
            {"pub":["a+"]};                                     topic filter: 'a+'
            {"pub":{"a":"b"}};                                  claim pub: {
            """)
    void aClaimOfAWrongShapeLetsNobodyIn(String claims, String text) throws Exception {
        Gate gate = gate("claims: {permissions: mqtt, publish: pub}\n");
        Map<String, Object> parsed = JWTClaimsSet.parse(claims).getClaims();
        Gate.assertNotAuthorized(gate.login(Tokens.anna(parsed)), text);
    }

    @Test
    void aPlaceholderWithoutAValueLetsNobodyIn() throws Exception {
        Gate gate = gate("permissions: [{topic: \"%{tenant}/#\"}]\n");

        Gate.assertNotAuthorized(gate.login(Tokens.anna(Map.of())), "claim tenant: none");
        Gate.assertNotAuthorized(gate.login(Tokens.anna(Map.of("tenant", List.of("a")))), "claim tenant: none");
        assertThat(gate.login(Tokens.anna(Map.of("tenant", "a")))).isInstanceOf(Decision.Allow.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "a/b", "a+", "", "$SYS"})
    void aValueThatWouldReachOtherTopicsLetsNobodyIn(String value) throws Exception {
        Gate gate = gate("permissions: [{topic: \"x/%{tenant}/#\"}, {topic: \"y/%c\"}]\n");

        Gate.assertNotAuthorized(gate.login(Tokens.anna(Map.of("tenant", value))), "claim tenant: '" + value + "'");
        Gate.assertNotAuthorized(
                gate.login(value, null, Tokens.anna(Map.of("tenant", "a"))), "client id: '" + value + "'");
    }

    @Test
    void aTokenMayBeForOneClientId() throws Exception {
        Gate gate = gate("client-id: \"%{client_id}\"\n");
        String token = Tokens.anna(Map.of("client_id", "dev*"));

        assertThat(gate.login("dev*", null, token)).isInstanceOf(Decision.Allow.class);
        Gate.assertNotAuthorized(gate.login("dev7", null, token), "client id: 'dev7' (expected: ");
        Gate.assertNotAuthorized(gate.login("dev7", null, Tokens.anna(Map.of())), "claim client_id: none");
    }

    @Test
    void aTokenMayBeForClientIdsOfAPattern() throws Exception {
        Gate gate = gate("client-id: \"%u-*-x\"\n");
        String token = Tokens.anna(Map.of());

        assertThat(gate.login("anna-1-x", null, token)).isInstanceOf(Decision.Allow.class);
        for (String other : List.of("anna-x", "bert-1-x", "anna-1-y", "anna")) {
            Gate.assertNotAuthorized(gate.login(other, null, token), "client id: '" + other + "'");
        }
    }

    @Test
    void theUserNameMayHaveToBeThatOfTheToken() throws Exception {
        Gate gate = gate("user-name-must-match: true\nclaims: {user: email}\n");
        String token = Tokens.anna(Map.of("email", "anna@example.com"));

        assertThat(gate.login("c", "anna@example.com", token)).isInstanceOf(Decision.Allow.class);
        Gate.assertRefused(gate.login("c", "anna", token), "user name: 'anna' (expected: that of the token)");
        Gate.assertRefused(gate.login("c", null, token), "user name: 'null'");
        Gate.assertRefused(gate.login("c", null, Tokens.anna(Map.of())), "user name: 'null'");
    }
}
