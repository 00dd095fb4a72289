// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A few bytes to the disk, like any other write.
 *
 * @param end completes when they are durable, with a {@link StorageException} if they are not
 */
record Attempt(CompletableFuture<@Nullable Void> end) implements Write {

    private static final byte[] KEY = "health".getBytes(StandardCharsets.US_ASCII);

    Attempt() {
        this(new CompletableFuture<>());
    }

    @Override
    public void addTo(WriteBatch batch) {
        byte[] now = ByteBuffer.allocate(Long.BYTES)
                .putLong(System.currentTimeMillis())
                .array();
        batch.put(Keyspace.META, KEY, now);
    }

    @Override
    public Executor loop() {
        return Runnable::run;
    }

    @Override
    public void committed() {
        end.complete(null);
    }

    @Override
    public void failed(StorageException failure) {
        end.completeExceptionally(failure);
    }
}
