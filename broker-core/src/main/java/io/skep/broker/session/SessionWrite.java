// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.storage.Write;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A change of what is stored of a session. What waits for it waits for good if the storage fails: nothing is
 * acknowledged.
 */
final class SessionWrite implements Write {

    private final Session session;
    private final Executor loop;
    private final Consumer<WriteBatch> change;
    private final @Nullable Runnable then;
    private final @Nullable Consumer<StorageException> failed;

    SessionWrite(
            Session session,
            Consumer<WriteBatch> change,
            @Nullable Runnable then,
            @Nullable Consumer<StorageException> failed) {
        this.session = session;
        this.loop = then == null ? session.lane().loop() : session;
        this.change = change;
        this.then = then;
        this.failed = failed;
    }

    @Override
    public void addTo(WriteBatch batch) {
        change.accept(batch);
    }

    @Override
    public Executor loop() {
        return loop;
    }

    @Override
    public void committed() {
        if (then != null) {
            then.run();
        }
    }

    @Override
    public void failed(StorageException failure) {
        if (failed != null) {
            failed.accept(failure);
        } else if (then != null) {
            session.tenancy().storageFailed();
        }
    }
}
