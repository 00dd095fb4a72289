// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.PlainJWT;
import io.skep.sdk.auth.Decision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {

    private static final String ALL = """
            keys:
              file: jwks.json
            algorithms: [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512]
            permissions:
              - topic: "#"
            """;

    @TempDir
    Path folder;

    private List<Gate> open = List.of();

    @AfterEach
    void close() {
        open.forEach(Gate::close);
    }

    private Gate gate(String configuration, JWK... keys) throws Exception {
        Files.writeString(folder.resolve("jwks.json"), Tokens.set(keys));
        Gate gate = new Gate(folder, configuration);
        open = List.of(gate);
        return gate;
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
    void aTokenIsLetInWithTheKeyThatSignedIt(String algorithm) throws Exception {
        JWK key = algorithm.startsWith("HS") ? Tokens.SECRET : Tokens.RSA;
        Gate gate = gate(ALL, Tokens.SECRET, Tokens.RSA);

        assertThat(gate.login(Tokens.anna(key, algorithm))).isInstanceOf(Decision.Allow.class);
        JWK another = algorithm.startsWith("HS") ? Tokens.secret("secret", 512) : Tokens.rsa("rsa", 2048);
        Gate.assertRefused(gate.login(Tokens.anna(another, algorithm)), "signature: wrong");
    }

    @ParameterizedTest
    @CsvSource({"ES256,P-256", "ES384,P-384", "ES512,P-521"})
    void eachCurveHasItsAlgorithm(String algorithm, String curve) throws Exception {
        JWK key = Tokens.ec("curve", Curve.parse(curve));
        Gate gate = gate(ALL, key.toPublicJWK());

        assertThat(gate.login(Tokens.anna(key, algorithm))).isInstanceOf(Decision.Allow.class);
        JWK another = Tokens.ec("curve", Curve.parse(curve));
        Gate.assertRefused(gate.login(Tokens.anna(another, algorithm)), "signature: wrong");
    }

    @Test
    void aPublicKeyIsNeverTakenForASecret() throws Exception {
        Gate gate = gate(ALL, Tokens.RSA.toPublicJWK(), Tokens.EC.toPublicJWK());
        byte[] der = ((RSAKey) Tokens.RSA).toRSAPublicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END PUBLIC KEY-----\n";
        for (byte[] guess : List.of(
                der,
                pem.getBytes(StandardCharsets.US_ASCII),
                Tokens.RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.US_ASCII))) {
            JWK secret = new OctetSequenceKey.Builder(guess).keyID("rsa").build();
            Gate.assertRefused(gate.login(Tokens.anna(secret, "HS256")), "signature: wrong");
        }
    }

    @Test
    void aTokenWithoutSignatureIsRefused() throws Exception {
        String plain = new PlainJWT(Tokens.claims().build()).serialize();
        Gate.assertRefused(gate(ALL, Tokens.EC).login(plain), "token: not readable");
    }

    @Test
    void anAlgorithmThatIsNotConfiguredIsRefused() throws Exception {
        Gate gate = gate(ALL.replaceAll("algorithms: .*", "algorithms: [ES256]"), Tokens.EC, Tokens.RSA);

        assertThat(gate.login(Tokens.anna(Tokens.EC, "ES256"))).isInstanceOf(Decision.Allow.class);
        Gate.assertRefused(gate.login(Tokens.anna(Tokens.RSA, "RS256")), "alg: RS256 (expected: ");
    }

    @Test
    void aKeyThatIsForOneAlgorithmIsForNoOther() throws Exception {
        JWK key = new RSAKey.Builder((RSAKey) Tokens.RSA)
                .algorithm(JWSAlgorithm.RS512)
                .build();
        Gate gate = gate(ALL, key);

        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS512"))).isInstanceOf(Decision.Allow.class);
        Gate.assertRefused(gate.login(Tokens.anna(Tokens.RSA, "RS256")), "signature: wrong");
    }

    @Test
    void anAlteredTokenIsRefused() throws Exception {
        Gate gate = gate(ALL, Tokens.EC);
        String[] anna = Tokens.anna(Tokens.EC, "ES256").split("\\.", -1);
        String[] bert = Tokens.sign(
                        Tokens.EC, "ES256", Tokens.claims().subject("bert").build())
                .split("\\.", -1);

        Gate.assertRefused(gate.login(anna[0] + "." + bert[1] + "." + anna[2]), "signature: wrong");
        Gate.assertRefused(gate.login(anna[0] + "." + anna[1] + "."), "");
    }

    @Test
    void whatTheTokenSaysIsCriticalAndNobodyKnowsIsRefused() throws Exception {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID("ec")
                .criticalParams(Set.of("moon"))
                .customParam("moon", "full")
                .build();
        String token = Tokens.sign(Tokens.EC, header, Tokens.claims().build());
        Gate.assertRefused(gate(ALL, Tokens.EC).login(token), "crit: [moon] (expected: none)");
    }

    @Test
    void aTokenThatNamesNoKeyIsTriedWithThoseOfItsType() throws Exception {
        JWK signer = Tokens.ec("second", Curve.P_256);
        Gate gate = gate(ALL, Tokens.RSA, Tokens.EC, signer);
        JWSHeader nameless = new JWSHeader(JWSAlgorithm.ES256);

        assertThat(gate.login(Tokens.sign(signer, nameless, Tokens.claims().build())))
                .isInstanceOf(Decision.Allow.class);
        JWK stranger = Tokens.ec("third", Curve.P_256);
        Gate.assertRefused(
                gate.login(Tokens.sign(stranger, nameless, Tokens.claims().build())), "signature: wrong");
    }

    @Test
    void keysThatAreWeakOrForSomethingElseAreLeftOutAndNamed() throws Exception {
        JWK weak = Tokens.rsa("weak", 1024);
        JWK cipher = new RSAKey.Builder((RSAKey) Tokens.rsa("cipher", 2048))
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        Gate gate = gate(ALL, Tokens.EC, weak, cipher);

        assertThat(gate.context.warnings())
                .anySatisfy(line -> assertThat(line).contains("key weak: 1024 bits (expected: 2048 or more)"))
                .anySatisfy(line -> assertThat(line).contains("key cipher: use enc (expected: sig)"));
        JWK signer = new RSAKey.Builder((RSAKey) cipher).keyUse(null).build();
        Gate.assertRefused(gate.login(Tokens.anna(signer, "RS256")), "signature: wrong");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"secret", "a.b.c", "1.2", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJkaXIifQ.a.b.c.d", "", "..", "e30."})
    void whatIsNoSignedTokenIsLeftToTheNextExtension(String password) throws Exception {
        Gate gate = gate(ALL, Tokens.EC);
        assertThat(gate.login(password)).isEqualTo(Decision.next());
        assertThat(gate.login(null)).isEqualTo(Decision.next());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"alg\":1}", "{\"alg\":\"ES256\",\"kid\":[]}", "{\"alg\":\"ES256\"", "{[[[[[[[[[["})
    void aBrokenTokenIsRefused(String header) throws Exception {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
        Gate.assertRefused(gate(ALL, Tokens.EC).login(text + ".e30.AAAA"), "token: not readable");
    }

    @Test
    void aDeepTokenIsRefused() throws Exception {
        String deep = "{\"alg\":\"ES256\",\"x\":" + "[".repeat(40_000) + "]".repeat(40_000) + "}";
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(deep.getBytes(StandardCharsets.UTF_8));
        Gate.assertRefused(gate(ALL, Tokens.EC).login(text + ".e30.AAAA"), "token: not readable");
    }

    @Test
    void theTokenMayBeTheUserName() throws Exception {
        Gate gate = gate(ALL + "token-in: user-name\n", Tokens.EC);
        String token = Tokens.anna(Map.of());

        assertThat(gate.login("client", token, null)).isInstanceOf(Decision.Allow.class);
        assertThat(gate.login("client", "anna", token)).isEqualTo(Decision.next());
    }
}
