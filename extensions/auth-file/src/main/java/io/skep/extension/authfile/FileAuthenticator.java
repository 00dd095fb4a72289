// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.account.PasswordHash;
import io.skep.extension.account.RecentLogins;
import io.skep.extension.authfile.Directory.Account;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a directory: a wrong password is refused, an unknown user is left to the next extension. Passwords are
 * checked on another thread than the caller's, unless they were right just before.
 */
final class FileAuthenticator implements Authenticator {

    private static final int RECENT_MAX = 10_000;

    private final Executor executor;

    /** By hash, whose salt stands for the user, so a changed one is another entry and none grows old. */
    private final RecentLogins<Boolean> recent = new RecentLogins<>(RECENT_MAX, Duration.ofDays(10_000));

    private volatile Directory directory = new Directory(Map.of(), Map.of());

    FileAuthenticator(Executor executor) {
        this.executor = executor;
    }

    /** Logins from now on are checked against this one. */
    void use(Directory fresh) {
        directory = fresh;
    }

    @Override
    public Decision authenticate(Login login) {
        String userName = login.client().userName();
        byte[] password = login.password();
        if (userName == null || password == null || password.length == 0) {
            return Decision.next();
        }
        Directory now = directory;
        Account account = now.account(userName);
        PasswordHash hash = account == null ? null : account.password();
        if (account != null && hash != null && recent.get(password, hash.toString()) != null) {
            return account.admit(login.client().id());
        }
        return Decision.later(
                CompletableFuture.supplyAsync(() -> check(account, now.nobody(), password, login), executor));
    }

    private Decision check(@Nullable Account account, PasswordHash nobody, byte[] password, Login login) {
        PasswordHash hash = account == null ? null : account.password();
        if (account == null || hash == null) {
            nobody.matches(password);
            return account == null ? Decision.next() : Decision.deny();
        }
        String who = hash.toString();
        if (recent.get(password, who) == null) { // it may have waited behind others with the same password
            if (!hash.matches(password)) {
                return Decision.deny();
            }
            recent.put(true, password, who);
        }
        return account.admit(login.client().id());
    }
}
