// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Asks somewhere else who a client is, on the threads of the extension. Only an allow is remembered, so a user who was
 * added, or whose password was changed, is let in at once. Thread-safe.
 */
public final class RemoteAuthenticator implements Authenticator {

    private final Source source;
    private final Executor executor;
    private final long deadlineNanos;
    private final RecentLogins<Decision> recent;

    /** Knows users. */
    @FunctionalInterface
    public interface Source {

        /**
         * {@return the decision about a login; may wait}
         *
         * @param login who wants to connect
         * @param userName its user name, not empty
         * @param password its password, not empty
         * @throws Exception counts as a failure: the client is refused
         */
        Decision ask(Login login, String userName, byte[] password) throws Exception;
    }

    /**
     * Asks nothing yet.
     *
     * @param source knows the users
     * @param executor for what waits
     * @param deadline after which the broker has given up, so that there is nothing to ask any more
     * @param cache what is not asked again
     */
    public RemoteAuthenticator(Source source, Executor executor, Duration deadline, Cache cache) {
        this.source = source;
        this.executor = executor;
        this.deadlineNanos = deadline.toNanos();
        this.recent = cache.open();
    }

    @Override
    public Decision authenticate(Login login) {
        String userName = login.client().userName();
        byte[] password = login.password();
        if (userName == null || userName.isEmpty() || password == null || password.length == 0) {
            return Decision.next(); // a server may take an empty password for no login at all, and say yes
        }
        Decision known = recall(login, userName, password);
        if (known != null) {
            return known;
        }
        long beginNanos = System.nanoTime();
        return Decision.later(
                CompletableFuture.supplyAsync(() -> ask(login, userName, password, beginNanos), executor));
    }

    private Decision ask(Login login, String userName, byte[] password, long beginNanos) {
        if (System.nanoTime() - beginNanos > deadlineNanos) {
            return Decision.deny(); // it waited behind others, and nobody listens any more
        }
        Decision known = recall(login, userName, password);
        if (known != null) {
            return known;
        }
        try {
            Decision decision = source.ask(login, userName, password);
            if (decision instanceof Decision.Allow) {
                recent.put(decision, password, who(login, userName));
            }
            return decision;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private @Nullable Decision recall(Login login, String userName, byte[] password) {
        return recent.get(password, who(login, userName));
    }

    /** All that a source may look at. */
    private static String[] who(Login login, String userName) {
        return new String[] {
            userName,
            login.client().id(),
            login.client().listener(),
            String.valueOf(login.client().address().getAddress())
        };
    }
}
