// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.authfile.Directory.Account;
import io.skep.extension.authfile.ScramExchange.Candidate;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

/**
 * Users who prove that they know their password without showing it. It costs a few digests, so it is done at once on
 * the caller's thread.
 *
 * <p>Unknown users are asked with a salt too, which has to stay the same for as long as real ones do: its secret comes
 * from the users of the first directory, so that a restart finds it again, and outlives their changes.
 */
final class ScramAuthenticator implements EnhancedAuthenticator {

    private static final int NONCE_BYTES = 18;

    private final SecureRandom random = new SecureRandom();
    private volatile Directory directory = new Directory(Map.of(), Map.of());
    private volatile byte[] secret = {};

    /** Logins from now on are checked against this one; called by one thread. */
    void use(Directory fresh) {
        if (secret.length == 0) {
            secret = fresh.secret();
        }
        directory = fresh;
    }

    @Override
    public String method() {
        return "SCRAM-SHA-256";
    }

    @Override
    public Exchange begin(Login login) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return new ScramExchange(login, this::candidate, Base64.getEncoder().encodeToString(nonce));
    }

    private Candidate candidate(String userName) {
        Directory now = directory;
        Account account = now.account(userName);
        ScramVerifier decoy = ScramVerifier.decoy(secret, userName, now.scramIterations());
        ScramVerifier verifier = account == null ? null : account.scram();
        return verifier == null ? new Candidate(userName, null, decoy) : new Candidate(userName, account, verifier);
    }
}
