// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import io.skep.sdk.service.BrokerFacts;
import io.skep.sdk.service.Clients;
import io.skep.sdk.service.ConnectionAttributes;
import io.skep.sdk.service.KeyValueStore;
import io.skep.sdk.service.Meters;
import io.skep.sdk.service.Publisher;
import io.skep.sdk.service.RetainedMessages;
import io.skep.sdk.service.SessionAttributes;
import io.skep.sdk.service.Sessions;
import io.skep.sdk.service.Subscriptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * What the broker offers one extension. Thread-safe.
 *
 * <p>The services (from {@link #publisher} on) may be asked at any time. What they are asked before the broker has read
 * its sessions, as in {@link Extension#start} when the broker starts, they do as soon as it has, in that order: so
 * {@code start} must not wait for it. When the broker has stopped, what is not answered fails with an
 * {@link IllegalStateException}; so does what is asked while {@code extensions.in-flight-max} calls are not answered.
 * The testkit gives a context of a real broker; one that an author writes needs what the extension uses only.
 */
public interface ExtensionContext {

    /** {@return the id of this extension, from its manifest} */
    String id();

    /** {@return where hooks are registered; open until {@link Extension#start} returns} */
    Hooks hooks();

    /**
     * Binds {@code conf/extensions/<id>.yaml} to a record. Each call reads the file anew. A component that the file
     * leaves out takes the default of the record's compact constructor if it is of a reference type, else 0 or false.
     *
     * @param type a record; nested records, lists, maps, enums, strings, numbers and durations are understood
     * @param <T> the record
     * @return the bound record; without a file, as if the file were empty
     * @throws IllegalArgumentException naming every unknown or wrong key with its line
     */
    <T extends Record> T config(Class<T> type);

    /**
     * Binds another file to a record, in the same way.
     *
     * @param type a record
     * @param file a YAML file; relative to {@link #configFolder}
     * @param <T> the record
     * @return the bound record; without a file, as if the file were empty
     * @throws IllegalArgumentException naming every unknown or wrong key with its line
     */
    <T extends Record> T config(Class<T> type, Path file);

    /**
     * Asks to be told when the configuration has changed: {@code conf/extensions/<id>.yaml}, or another file that this
     * extension has read. It is bound anew, with what {@link #config(Class)} would return, once the files have stayed
     * as they are for a second; on a thread of the extension, one call at a time. A change that does not bind, or that
     * the listener refuses by an {@link IllegalArgumentException}, is logged with its line, and so is a file that is
     * gone; the extension keeps what it has. Registered in {@link Extension#start}.
     *
     * @param type a record
     * @param listener gets the new record; it reads other files anew itself, if there are any
     * @param <T> the record
     * @implSpec calls nobody, for contexts whose configuration stays as it is
     */
    default <T extends Record> void onConfigChange(Class<T> type, Consumer<? super T> listener) {}

    /** {@return the folder {@code conf/extensions}, which need not exist} */
    Path configFolder();

    /** {@return a logger named after the extension} */
    Logger logger();

    /**
     * {@return threads of this extension alone, for work that waits: up to {@code extensions.threads-max}, then tasks
     * queue up} When the extension has stopped they are interrupted, what is scheduled is forgotten, and further tasks
     * are refused with a {@link java.util.concurrent.RejectedExecutionException}. What a task throws is in its future
     * and logged by nobody; a task that repeats is then not run again.
     */
    ScheduledExecutorService executor();

    /**
     * {@return what time it is, in UTC} An extension that asks this clock, and not the system's, can be tested without
     * waiting: in the testkit it shows what the test wants.
     */
    default Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * {@return a time that only goes forward, in nanoseconds from an arbitrary moment, as {@link System#nanoTime}} For
     * durations and ages, which a clock that is set would spoil; of the same use for tests as {@link #clock}.
     */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** {@return publishes messages} */
    default Publisher publisher() {
        throw missing("publisher");
    }

    /** {@return the clients that are connected} */
    default Clients clients() {
        throw missing("clients");
    }

    /** {@return the sessions of all clients} */
    default Sessions sessions() {
        throw missing("sessions");
    }

    /** {@return the subscriptions of sessions} */
    default Subscriptions subscriptions() {
        throw missing("subscriptions");
    }

    /** {@return the retained messages} */
    default RetainedMessages retained() {
        throw missing("retained");
    }

    /** {@return a place for data of this extension} */
    default KeyValueStore store() {
        throw missing("store");
    }

    /** {@return what this extension remembers of connections} */
    default ConnectionAttributes connectionAttributes() {
        throw missing("connectionAttributes");
    }

    /** {@return what this extension remembers of sessions} */
    default SessionAttributes sessionAttributes() {
        throw missing("sessionAttributes");
    }

    /** {@return what is counted} */
    default Meters meters() {
        throw missing("meters");
    }

    /** {@return what runs here; completes when clients can connect} */
    default CompletionStage<BrokerFacts> broker() {
        throw missing("broker");
    }

    private static UnsupportedOperationException missing(String service) {
        return new UnsupportedOperationException(service + ": none (expected: a context that has it)");
    }
}
