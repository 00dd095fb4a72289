// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.sdk.service.BrokerFacts;
import io.skep.sdk.service.Clients;
import io.skep.sdk.service.ConnectionAttributes;
import io.skep.sdk.service.KeyValueStore;
import io.skep.sdk.service.Publisher;
import io.skep.sdk.service.RetainedMessages;
import io.skep.sdk.service.SessionAttributes;
import io.skep.sdk.service.Sessions;
import io.skep.sdk.service.Subscriptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The services of one extension, as its context shows them. Thread-safe. */
public final class ExtensionServices implements AutoCloseable {

    private final Services services;
    private final Answers answers;
    private final Calls calls;
    private final ExtensionMeters meters;
    private final Publisher publisher;
    private final Clients clients;
    private final Sessions sessions;
    private final Subscriptions subscriptions;
    private final RetainedMessages retained;
    private final KeyValueStore store;
    private final ConnectionAttributes connectionAttributes = new ConnectionMemory();
    private final SessionAttributes sessionAttributes;

    ExtensionServices(String extension, ExtensionsConfig config, ClassLoader classes, Services services) {
        this.services = services;
        answers = new Answers("skep-ext-" + extension + "-answers", classes);
        calls = new Calls(services, answers, config.inFlightMax());
        meters = new ExtensionMeters(extension, services);
        publisher = new ExtensionPublisher(extension, calls);
        clients = new ExtensionClients(calls);
        sessions = new ExtensionSessions(calls);
        subscriptions = new ExtensionSubscriptions(calls);
        retained = new ExtensionRetained(extension, calls);
        store = new ExtensionStore(extension, calls, services.turn(extension));
        sessionAttributes = new ExtensionAttributes(extension, calls);
    }

    public Publisher publisher() {
        return publisher;
    }

    public Clients clients() {
        return clients;
    }

    public Sessions sessions() {
        return sessions;
    }

    public Subscriptions subscriptions() {
        return subscriptions;
    }

    public RetainedMessages retained() {
        return retained;
    }

    public KeyValueStore store() {
        return store;
    }

    public ConnectionAttributes connectionAttributes() {
        return connectionAttributes;
    }

    public SessionAttributes sessionAttributes() {
        return sessionAttributes;
    }

    public ExtensionMeters meters() {
        return meters;
    }

    public CompletionStage<BrokerFacts> broker() {
        return calls.ask(core -> CompletableFuture.completedFuture(core.facts()));
    }

    void fail() {
        calls.failAll();
    }

    /** The extension has stopped: it hears of nothing any more. */
    @Override
    public void close() {
        services.remove(this);
        answers.close();
    }
}
