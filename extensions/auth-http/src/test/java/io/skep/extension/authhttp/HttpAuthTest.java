// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked, and what the answers come to. */
class HttpAuthTest {

    @TempDir
    Path folder;

    private final AuthServer server = new AuthServer();
    private @Nullable Asker asker;

    @AfterEach
    void close() {
        server.close();
        if (asker != null) {
            asker.close();
        }
    }

    private Asker asker(String more) throws Exception {
        Asker fresh = new Asker(folder, "authenticate-url: " + server.url("/login") + "\n" + more);
        asker = fresh;
        return fresh;
    }

    @Test
    void aLoginIsAskedAboutWithAllThatIsKnown() throws Exception {
        server.answers = question -> "{\"result\":\"allow\",\"permissions\":[{\"topic\":\"a/#\"}]}";
        Asker asker = asker("headers: {X-Broker: \"${NOT_SET_ANYWHERE:plant-7}\"}\nbearer-token: t0ken\n");

        assertThat(asker.loginNow("c1", "secret"))
                .isEqualTo(Decision.allow(Permissions.of(Permission.allow("a/#", Action.PUBLISH, Action.SUBSCRIBE))));
        assertThat(server.questions)
                .containsExactly(Map.of(
                        "client-id", "c1",
                        "user-name", "anna",
                        "password", "secret",
                        "address", "localhost",
                        "protocol", "5.0",
                        "listener", "tcp"));
        assertThat(server.headers).singleElement().satisfies(headers -> {
            assertThat(headers.getFirst("Content-Type")).isEqualTo("application/json");
            assertThat(headers.getFirst("X-Broker")).isEqualTo("plant-7");
            assertThat(headers.getFirst("Authorization")).isEqualTo("Bearer t0ken");
        });
    }

    @Test
    void theBrokerMayShowAPassword() throws Exception {
        asker("basic: {user: skep, password: hive}\n").loginNow("c1", "secret");
        assertThat(server.headers)
                .singleElement()
                .satisfies(
                        headers -> assertThat(headers.getFirst("Authorization")).isEqualTo("Basic c2tlcDpoaXZl"));
    }

    @Test
    void whatIsNotThereIsLeftOutAndAPasswordMayBeBytes() throws Exception {
        Asker asker = asker("");
        asker.login(new Login(Asker.client("c1", null), null)).join();
        asker.login(new Login(Asker.client("c1", null), new byte[] {(byte) 0xff, 0}))
                .join();

        assertThat(server.questions)
                .element(0)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .doesNotContainKeys("user-name", "password", "password-base64", "certificate-subject");
        assertThat(server.questions)
                .element(1)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("password-base64", "/wA=")
                .doesNotContainKey("password");
    }

    @Test
    void aDenyAndANextArePassedOn() throws Exception {
        server.answers = question -> "old".equals(question.get("password"))
                ? "{\"result\":\"deny\",\"reason\":\"password is old\"}"
                : "{\"result\":\"next\"}";
        Asker asker = asker("");
        assertThat(asker.loginNow("c1", "old"))
                .isEqualTo(Decision.deny(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "password is old"));
        assertThat(asker.loginNow("c1", "other")).isEqualTo(Decision.next());
    }

    @Test
    void operationsAreAskedAboutIfThereIsAUrlForThem() throws Exception {
        server.answers = question ->
                "{\"result\":\"" + ("a".equals(question.get("topic")) ? "allow" : "deny") + "\",\"cache-seconds\":60}";
        Asker asker = asker("authorize-url: " + server.url("/operation") + "\n");

        assertThat(asker.publish("a", 1)).isEqualTo(Decision.allow());
        assertThat(asker.publish("b", 1)).isEqualTo(Decision.deny());
        assertThat(server.questions)
                .element(0)
                .isEqualTo(Map.of(
                        "client-id", "c",
                        "user-name", "anna",
                        "address", "localhost",
                        "protocol", "5.0",
                        "listener", "tcp",
                        "action", "publish",
                        "topic", "a",
                        "qos", 1,
                        "retain", true));
        assertThat(asker.publish("a", 1)).isEqualTo(Decision.allow());
        assertThat(server.questions).as("the last was remembered").hasSize(2);
        assertThat(asker.publish("a", 2)).isEqualTo(Decision.allow());
        assertThat(server.questions).hasSize(3);
    }

    @Test
    void withoutSuchAUrlThereIsNoAuthorizer() throws Exception {
        assertThat(asker("").context.hooks(Authorizer.class)).isEmpty();
    }

    @Test
    void anAnswerIsRememberedForEqualLoginsOnly() throws Exception {
        server.answers = question -> "secret".equals(question.get("password"))
                ? "{\"result\":\"allow\",\"permissions\":[],\"cache-seconds\":60}"
                : "{\"result\":\"deny\"}";
        Asker asker = asker("");
        for (int i = 0; i < 5; i++) {
            assertThat(asker.loginNow("c1", "secret")).isInstanceOf(Decision.Allow.class);
        }
        assertThat(server.questions).hasSize(1);
        assertThat(asker.loginNow("c1", "Secret")).isEqualTo(Decision.deny());
        assertThat(asker.loginNow("c2", "secret")).isInstanceOf(Decision.Allow.class);
        assertThat(server.questions).hasSize(3);
    }

    @Test
    void theConfigurationMayForbidToRemember() throws Exception {
        server.answers = question -> "{\"result\":\"deny\",\"cache-seconds\":60}";
        Asker asker = asker("cache: {time-max: 0}\n");
        asker.loginNow("c1", "secret");
        asker.loginNow("c1", "secret");
        assertThat(server.questions).hasSize(2);
    }

    @Test
    void aRedirectIsAFailureForThePasswordStaysHere() throws Exception {
        server.status = 307;
        assertThatThrownBy(() -> asker("").loginNow("c1", "secret")).hasMessageContaining("status: 307");
        assertThat(server.questions).hasSize(1);
    }

    @Test
    void theUserOfEachRequestIsItsOwn() throws Exception {
        server.answers = question ->
                "{\"result\":\"allow\",\"permissions\":[{\"topic\":\"" + question.get("client-id") + "\"}]}";
        Asker asker = asker("limits: {in-flight-max: 20}\n");
        List<String> ids =
                java.util.stream.IntStream.range(0, 500).mapToObj(i -> "c" + i).toList();
        var answers = ids.stream().map(id -> asker.login(id, "secret")).toList();
        for (int i = 0; i < ids.size(); i++) {
            assertThat(answers.get(i).join())
                    .isEqualTo(Decision.allow(
                            Permissions.of(Permission.allow(ids.get(i), Action.PUBLISH, Action.SUBSCRIBE))));
        }
    }
}
