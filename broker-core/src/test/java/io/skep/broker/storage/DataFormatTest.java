// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFormatTest {

    private static final byte[] KEY = "a".getBytes(US_ASCII);

    private Storage storage;

    @BeforeEach
    void open(@TempDir Path folder) {
        storage = new RocksDbProvider().open(folder, Durability.FSYNC);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void newDataIsOfThePresentFormat() {
        DataFormat.prepare(storage);
        assertThat(DataFormat.of(storage)).isEqualTo(DataFormat.current());
    }

    @Test
    void olderDataIsBroughtForwardStepByStepAndOnlyOnce() {
        new DataFormat(List.of()).bringForward(storage);
        DataFormat third = new DataFormat(List.of(append("2"), append("3")));

        third.bringForward(storage);
        third.bringForward(storage);

        assertThat(DataFormat.of(storage)).isEqualTo(3);
        assertThat(storage.get(Keyspace.SESSIONS, KEY)).asString(US_ASCII).isEqualTo("23");
    }

    @Test
    void aStepThatFailsLeavesTheDataAsItWas() {
        new DataFormat(List.of()).bringForward(storage);
        DataFormat failing = new DataFormat(List.of(append("2"), (data, batch) -> {
            append("3").migrate(data, batch);
            throw new IllegalStateException("no");
        }));

        assertThatThrownBy(() -> failing.bringForward(storage)).hasMessage("no");

        assertThat(DataFormat.of(storage)).isEqualTo(2);
        assertThat(storage.get(Keyspace.SESSIONS, KEY)).asString(US_ASCII).isEqualTo("2");
    }

    @Test
    void newerDataIsRefused() {
        new DataFormat(List.of(append("2"))).bringForward(storage);
        assertThatThrownBy(() -> new DataFormat(List.of()).bringForward(storage))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("format " + DataFormat.current() + " or older", "newer Skep");
    }

    private static DataFormat.Step append(String text) {
        return (storage, batch) -> {
            byte[] found = storage.get(Keyspace.SESSIONS, KEY);
            String before = found == null ? "" : new String(found, US_ASCII);
            batch.put(Keyspace.SESSIONS, KEY, (before + text).getBytes(US_ASCII));
        };
    }
}
