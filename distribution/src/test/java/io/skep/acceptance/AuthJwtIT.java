// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The zip of the extension auth-jwt, with keys behind HTTP that change. */
@TestInstance(Lifecycle.PER_CLASS)
class AuthJwtIT {

    private static final int BAD_USER_NAME_OR_PASSWORD = 4;

    private volatile String keys = "";
    private ECKey key;
    private HttpServer issuer;
    private SkepProcess broker;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        key = key("first");
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/jwks", exchange -> {
            byte[] body = keys.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        Installation skep = new Installation(folder).enable("auth-jwt");
        skep.write("conf/extensions/auth-jwt.yaml", """
                keys:
                  url: http://127.0.0.1:%d/jwks
                  refetch-min: 100ms
                audience: [mqtt]
                claims: {subscribe: reads}
                permissions:
                  - {topic: "devices/%%u/#", actions: [publish]}
                """.formatted(
                        issuer.getAddress().getPort()));
        broker = skep.start();
    }

    @AfterAll
    void stop() {
        broker.close();
        issuer.stop(0);
    }

    private ECKey key(String id) throws Exception {
        ECKey fresh = new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        keys = new JWKSet(fresh).toString();
        return fresh;
    }

    private static String token(ECKey signer, String audience) throws Exception {
        var claims = new JWTClaimsSet.Builder()
                .subject("lamp")
                .audience(audience)
                .claim("reads", List.of("devices/#"))
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .build();
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID(signer.getKeyID())
                        .build(),
                claims);
        token.sign(new ECDSASigner(signer));
        return token.serialize();
    }

    @Test
    void whoHasATokenMayDoWhatItSaysAlsoWithAKeyThatIsNew() throws Exception {
        String token = token(key, "mqtt");
        try (Program subscriber =
                MosquittoClients.subscriber(broker.port(), "-u", "lamp", "-P", token, "-q", "1", "-t", "devices/#")) {
            subscriber.await(Pattern.compile("Subscribed \\(mid: 1\\): 1"));
            assertThat(publish(token, "devices/door/open")).isZero(); // 3.1.1 has no way to say no
            ECKey second = key("second");
            String rotated = token(second, "mqtt");
            long deadlineNanos = System.nanoTime() + Program.DEADLINE.toNanos();
            while (publish(rotated, "devices/lamp/light") != 0) {
                assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            }
            assertThat(new ProgramSubscriber(subscriber).next())
                    .isEqualTo(new Message("devices/lamp/light", "on", 1, false));
            key = second;
        }
    }

    @Test
    void whoHasAnotherTokenOrNoneIsRefused() throws Exception {
        assertThat(publish(token(key, "web"), "devices/lamp/light")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
        assertThat(publish(token(key, "mqtt") + "A", "devices/lamp/light")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
        assertThat(publish("edison", "devices/lamp/light")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
    }

    private int publish(String password, String topic) throws Exception {
        try (Program publisher = MosquittoClients.publisher(
                broker.port(), "-u", "lamp", "-P", password, "-q", "1", "-t", topic, "-m", "on")) {
            return publisher.exitCode();
        }
    }
}
