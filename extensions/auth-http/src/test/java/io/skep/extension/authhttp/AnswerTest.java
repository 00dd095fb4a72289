// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.authhttp.Answer.Subject;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {

    private static Answer login(String json) {
        return Answer.parse(json.getBytes(StandardCharsets.UTF_8), Subject.LOGIN_WITH_PERMISSIONS);
    }

    private static Answer operation(String json) {
        return Answer.parse(json.getBytes(StandardCharsets.UTF_8), Subject.OPERATION);
    }

    @Test
    void aLoginIsAllowedWithItsPermissions() {
        Answer answer = login("""
                {"result": "allow", "cache-seconds": 60, "permissions": [
                  {"topic": "a/secret", "effect": "deny"},
                  {"topic": "a/#", "actions": ["subscribe"], "effect": "allow", "qos-max": 1, "retain": false},
                  {"topic": "b", "actions": ["publish", "subscribe"], "retain": true}]}
                """);
        assertThat(answer)
                .isEqualTo(new Answer(
                        Decision.allow(Permissions.of(
                                Permission.deny("a/secret", Action.PUBLISH, Action.SUBSCRIBE),
                                new Permission(Effect.ALLOW, Set.of(Action.SUBSCRIBE), "a/#", Qos.AT_LEAST_ONCE, false),
                                Permission.allow("b", Action.PUBLISH, Action.SUBSCRIBE))),
                        Duration.ofMinutes(1)));
    }

    @Test
    void whatALoginMayDoCanBeLeftToTheOtherUrlOnlyIfThereIsOne() {
        byte[] allow = "{\"result\":\"allow\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(Answer.parse(allow, Subject.LOGIN).decision()).isEqualTo(Decision.allow());
        assertThat(Answer.parse(allow, Subject.OPERATION).decision()).isEqualTo(Decision.allow());
        assertThatThrownBy(() -> Answer.parse(allow, Subject.LOGIN_WITH_PERMISSIONS))
                .hasMessageStartingWith("answer: permissions: null (expected: a list");
    }

    @Test
    void aDenyMaySayWhy() {
        assertThat(login("{\"result\":\"deny\"}").decision()).isEqualTo(Decision.deny());
        assertThat(login("{\"result\":\"deny\",\"reason\":\"not paid\"}").decision())
                .isEqualTo(Decision.deny(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "not paid"));
        assertThat(operation("{\"result\":\"deny\",\"reason\":\"not paid\"}").decision())
                .isEqualTo(Decision.deny(ReasonCode.NOT_AUTHORIZED, "not paid"));
        assertThat(login("{\"result\":\"next\"}").decision()).isEqualTo(Decision.next());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            '';                                                          not readable
            <html>;                                                      not readable
            null;                                                        not readable
            [];                                                          not readable
            "allow";                                                     not readable
            {"result":"deny","result":"allow"};                          not readable
            {};                                                          result: null
            {"result":true};                                             result: true
            {"result":"ALLOW"};                                          result: ALLOW
            {"result":"deny","reason":7};                                reason: unfit
            {"result":"deny","reason":"a\\u0000b"};                      reason: unfit
            {"result":"deny","reason":"a\\ud800b"};                      reason: unfit
            {"result":"deny","permissions":[]};                          permissions: with result deny
            {"result":"deny","cache-seconds":-1};                        cache-seconds: -1
            {"result":"deny","cache-seconds":"60"};                      cache-seconds: 60
            {"result":"deny","cache-seconds":4294967296};                cache-seconds: 4294967296
            {"result":"deny","cacheSeconds":1};                          cacheSeconds: unknown key
            {"result":"allow","permissions":{}};                         permissions: {}
            {"result":"allow","permissions":["a/#"]};                    permissions: a/#
            {"result":"allow","permissions":[{"topic":7}]};              topic: 7
            {"result":"allow","permissions":[{"topic":"a+"}]};           topic filter: 'a+'
            {"result":"allow","permissions":[{"topic":"a","qosMax":0}]}; qosMax: unknown key
            {"result":"allow","permissions":[{"topic":"a","qos-max":3}]};   qos-max: 3
            {"result":"allow","permissions":[{"topic":"a","effect":"no"}]}; effect: no
            {"result":"allow","permissions":[{"topic":"a","retain":0}]};    retain: 0
            {"result":"allow","permissions":[{"topic":"a","actions":[]}]};  actions: []
            {"result":"allow","permissions":[{"topic":"a","actions":["read"]}]}; actions: read
            """)
    void anAnswerOfAnotherShapeIsAFailure(String json, String message) {
        assertThatThrownBy(() -> login(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anAnswerAboutAnOperationHasNoPermissions() {
        assertThatThrownBy(() -> operation("{\"result\":\"allow\",\"permissions\":[]}"))
                .hasMessageStartingWith("answer: permissions: []");
    }

    @Test
    void deepNestingIsAFailure() {
        assertThatThrownBy(() -> login("{\"result\":" + "[".repeat(60_000))).hasMessageContaining("not readable");
    }
}
