// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Work on the storage for someone who waits elsewhere. */
record Read<T extends @Nullable Object>(
        Executor loop, Function<Storage, T> work, Consumer<T> done, Consumer<StorageException> failed) {

    void run(Storage storage) {
        T result;
        try {
            result = work.apply(storage);
        } catch (RuntimeException e) {
            refuse(Journal.asFailure("storage: a read failed", e));
            return;
        }
        Journal.tell(loop, () -> done.accept(result));
    }

    void refuse(StorageException failure) {
        Journal.tell(loop, () -> failed.accept(failure));
    }
}
