// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.skep.sdk.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionTest {

    @ParameterizedTest
    @EnumSource(names = {"USE_ANOTHER_SERVER", "SERVER_MOVED"})
    void aRedirectIsADenyWithAServerReference(ReasonCode reason) {
        assertThat(Decision.redirect(reason, "a.example"))
                .isEqualTo(new Decision.Deny(reason, "redirected", "a.example"));
        assertThat(AuthAnswer.redirect(reason, "a.example"))
                .isEqualTo(new AuthAnswer.Deny(reason, "redirected", "a.example"));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"USE_ANOTHER_SERVER", "SERVER_MOVED"})
    void noOtherReasonGoesWithAServerReference(ReasonCode reason) {
        assertThatIllegalArgumentException().isThrownBy(() -> Decision.redirect(reason, "a.example"));
        assertThatIllegalArgumentException().isThrownBy(() -> AuthAnswer.redirect(reason, "a.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\u0000b"})
    void aServerReferenceHasToNameAServer(String reference) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Decision.redirect(ReasonCode.SERVER_MOVED, reference))
                .withMessageContaining("server reference");
    }

    @Test
    void aServerReferenceHasToFitAProperty() {
        Decision.redirect(ReasonCode.SERVER_MOVED, "x".repeat(65_535));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Decision.redirect(ReasonCode.SERVER_MOVED, "x".repeat(65_536)));
    }

    @Test
    void aDenyNeedsAnError() {
        assertThatIllegalArgumentException().isThrownBy(() -> Decision.deny(ReasonCode.SUCCESS, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> AuthAnswer.deny(ReasonCode.SUCCESS, ""));
    }
}
