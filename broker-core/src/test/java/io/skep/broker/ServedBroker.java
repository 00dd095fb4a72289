// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.config.SkepConfig;
import io.skep.broker.service.ExtensionServices;
import io.skep.broker.service.Services;
import io.skep.sdk.service.Listing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A running broker, and the services that it gives an extension with the id {@code probe}. */
final class ServedBroker implements AutoCloseable {

    final RunningBroker broker;
    final ExtensionServices services;

    private ServedBroker(RunningBroker broker) {
        this.broker = broker;
        services = of("probe");
    }

    static ServedBroker start(Path home) throws IOException {
        return start(home, "");
    }

    static ServedBroker start(Path home, String yaml) throws IOException {
        return new ServedBroker(RunningBroker.start(home, yaml + "threads: {loops: 2}\n"));
    }

    /** {@return the services of another extension} */
    ExtensionServices of(String id) {
        return broker.get(Services.class)
                .of(id, broker.get(SkepConfig.class).extensions(), getClass().getClassLoader());
    }

    int port() {
        return broker.port();
    }

    /** {@return what a stage completes with; what it fails with is thrown} */
    static <T> T soon(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture()
                    .orTimeout(RunningBroker.SOON.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** {@return all of a listing, in pages of a size} */
    static <T> List<T> all(Listing<T> listing, int most) {
        List<T> all = new ArrayList<>();
        List<T> page = soon(listing.next(most));
        while (!page.isEmpty()) {
            all.addAll(page);
            page = soon(listing.next(most));
        }
        return all;
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        services.close();
        broker.close();
    }
}
