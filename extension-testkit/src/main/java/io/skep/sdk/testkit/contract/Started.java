// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BareContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An extension that was started without a broker. */
record Started(Extension extension, BareContext context) {

    static Started of(Extension extension, BareContext context) {
        try {
            extension.start(context);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        } catch (Exception e) {
            context.close();
            throw new IllegalStateException("extension: does not start", e);
        }
        return new Started(extension, context);
    }

    static Client client(String id, @Nullable String userName) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        return new Client(id, userName, address, ProtocolVersion.V5_0, "tcp", List.of());
    }

    /** {@return the decision, at the latest when the hook has to have answered} */
    static Decision decided(Decision decision, Duration deadline) {
        return decision instanceof Decision.Later later ? settled(later.stage(), deadline) : decision;
    }

    static <T> T settled(CompletionStage<? extends T> stage, Duration deadline) {
        try {
            return stage.toCompletableFuture()
                    .copy()
                    .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError("later: fails (expected: an answer within " + deadline + ")", e.getCause());
        }
    }

    void stop() throws Exception {
        try {
            extension.stop();
        } finally {
            context.close();
        }
    }
}
