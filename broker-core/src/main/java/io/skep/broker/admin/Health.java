// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import io.skep.broker.json.JsonObject;
import io.skep.broker.storage.Journal;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Whether the broker does its work: clients can connect, and the storage writes, which is tried. */
public final class Health implements AdminCommand {

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(3);

    private final Journal journal;
    private final IntSupplier connections;
    private final IntSupplier sessions;
    private volatile State state = State.STARTING;

    /** How far a broker is. */
    public enum State {
        STARTING,
        READY,
        STOPPING
    }

    public Health(Journal journal, IntSupplier connections, IntSupplier sessions) {
        this.journal = journal;
        this.connections = connections;
        this.sessions = sessions;
    }

    public void state(State next) {
        state = next;
    }

    @Override
    public JsonObject run(JsonObject request) throws InterruptedException {
        State now = state;
        JsonObject storage = storage();
        return new JsonObject()
                .put("healthy", now == State.READY && storage.flag("writes"))
                .put("state", now.name().toLowerCase(Locale.ROOT))
                .put("storage", storage)
                .put("connections", connections.getAsInt())
                .put("sessions", sessions.getAsInt())
                .put("process", ProcessHandle.current().pid());
    }

    /** What failed before the attempt counts too: a few bytes may find a place where a message finds none. */
    private JsonObject storage() throws InterruptedException {
        Journal.Failing before = journal.failing();
        String why = attempt();
        Journal.Failing failing = before == null ? journal.failing() : before;
        JsonObject storage = new JsonObject().put("writes", failing == null && why == null);
        if (failing != null) {
            storage.put("failingSince", failing.since()).put("why", failing.why());
        } else {
            storage.put("why", why);
        }
        return storage;
    }

    private @Nullable String attempt() throws InterruptedException {
        try {
            journal.attempt().get(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
        } catch (TimeoutException e) {
            return "storage: no commit within " + WRITE_TIMEOUT.toSeconds() + " s (expected: milliseconds)";
        }
    }
}
