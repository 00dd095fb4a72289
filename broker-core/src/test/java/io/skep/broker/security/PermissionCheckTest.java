// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.security;

import static io.skep.sdk.auth.Action.PUBLISH;
import static io.skep.sdk.auth.Action.SUBSCRIBE;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionCheckTest {

    private static final PermissionCheck DEVICE = PermissionCheck.of(Permissions.of(
            Permission.allow("site/secret/mine", PUBLISH, SUBSCRIBE),
            Permission.deny("site/secret/#", PUBLISH, SUBSCRIBE),
            Permission.allow("site/#", PUBLISH, SUBSCRIBE),
            Permission.allow("commands/+", SUBSCRIBE),
            new Permission(Effect.ALLOW, Set.of(PUBLISH), "status", Qos.AT_LEAST_ONCE, false),
            Permission.allow("+/open", PUBLISH, SUBSCRIBE),
            Permission.allow("$SYS/broker/#", SUBSCRIBE)));

    @ParameterizedTest
    @CsvSource({
        "site/a, true",
        "site, true",
        "site/secret, false",
        "site/secret/a, false",
        "site/secret/mine, true",
        "commands/a, false",
        "other, false",
        "x/open, true",
        "$SYS/open, false",
        "$SYS/broker/load, false",
    })
    void theFirstRuleWhoseFilterMatchesDecidesOnAPublish(String topic, boolean allowed) {
        assertThat(DEVICE.allows(PUBLISH, topic, Qos.AT_LEAST_ONCE, true)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "site/a, true",
        "site/a/#, true",
        "site/secret/mine, true",
        "site/secret/+, false",
        "site/+/mine, false",
        "site/#, false",
        "site/+, false",
        "site/+/+/x, false",
        "#, false",
        "+/+, false",
        "commands/a, true",
        "commands/+, true",
        "commands/#, false",
        "x/open, true",
        "+/open, true",
        "$SYS/#, false",
        "$SYS/broker/+/load, true",
        "$SYS/open, false",
    })
    void aSubscriptionIsAllowedIfARuleCoversAllOfItAndNoEarlierRuleDeniesAnyOfIt(String filter, boolean allowed) {
        assertThat(DEVICE.allows(SUBSCRIBE, filter, Qos.EXACTLY_ONCE, false)).isEqualTo(allowed);
    }

    @Test
    void aRuleDoesNotCoverAHigherQosOrARetainedMessageBeyondItsLimits() {
        assertThat(DEVICE.allows(PUBLISH, "status", Qos.AT_LEAST_ONCE, false)).isTrue();
        assertThat(DEVICE.allows(PUBLISH, "status", Qos.EXACTLY_ONCE, false)).isFalse();
        assertThat(DEVICE.allows(PUBLISH, "status", Qos.AT_LEAST_ONCE, true)).isFalse();
    }

    @Test
    void whatNoRuleCoversIsDenied() {
        PermissionCheck nothing = PermissionCheck.of(Permissions.of());
        for (Action action : Action.values()) {
            assertThat(nothing.allows(action, "a", Qos.AT_MOST_ONCE, false)).isFalse();
        }
        assertThat(nothing.allowsEverything()).isFalse();
    }

    @Test
    void allPermissionsAreKnownAsSuch() {
        PermissionCheck everything = PermissionCheck.of(Permissions.ALL);
        assertThat(everything.allowsEverything()).isTrue();
        assertThat(everything.allows(SUBSCRIBE, "$SYS/#", Qos.EXACTLY_ONCE, false))
                .isTrue();
        assertThat(PermissionCheck.of(new Permissions(Permissions.ALL.rules())).allowsEverything())
                .isTrue();
    }
}
