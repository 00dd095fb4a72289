// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import org.jspecify.annotations.Nullable;

/**
 * An authentication method of the program. All steps of an exchange go over the same link: a program that comes back
 * does not know what was said before, so that what is left of the exchange fails.
 */
record ProgramMethod(String method, Program program, int deadlineMillis) implements EnhancedAuthenticator {

    @Override
    public Exchange begin(Login login) {
        return new Steps(login);
    }

    private final class Steps implements Exchange {

        private final Login login;
        private @Nullable Link link;
        private volatile long begunBy; // 0 before the first answer, which another thread brings

        Steps(Login login) {
            this.login = login;
        }

        @Override
        public AuthAnswer answer(byte[] data) {
            Link same = link;
            if (same == null) {
                if (!program.wants().hook(HookKind.ENHANCED_AUTHENTICATE)) {
                    return AuthAnswer.next();
                }
                same = program.link();
                link = same;
            }
            return AuthAnswer.later(same.ask(Questions.authentication(method, begunBy, login, data)
                            .setDeadlineMillis(deadlineMillis))
                    .thenApply(answer -> {
                        begunBy = begunBy == 0 ? answer.getId() : begunBy;
                        return Answers.authentication(answer);
                    }));
        }
    }
}
