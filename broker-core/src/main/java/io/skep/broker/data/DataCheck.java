// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a walk over all of the data has found.
 *
 * @param counts records of each keyspace that can be read
 * @param orphans of them, those whose session is not there; the next start deletes them
 * @param broken records and places that cannot be read
 */
public record DataCheck(Map<Keyspace, Long> counts, long orphans, long broken) {

    public boolean isSound() {
        return broken == 0;
    }

    /** Decodes everything; {@code complaints} gets a line for each record that cannot be. */
    static DataCheck run(Storage storage, Consumer<String> complaints) throws IOException {
        Map<Keyspace, Long> counts = new EnumMap<>(Keyspace.class);
        long[] wrong = new long[2];
        Decoder decoder = new Decoder(storage);
        for (Keyspace keyspace : Keyspace.values()) {
            counts.put(keyspace, 0L);
            Rows.all(storage, keyspace, (key, value) -> {
                String complaint = decoder.complaint(keyspace, key, value);
                if (complaint == null) {
                    counts.merge(keyspace, 1L, Long::sum);
                    wrong[0] += decoder.isOrphan(keyspace, key) ? 1 : 0;
                } else {
                    complaints.accept(keyspace + " " + HexFormat.of().formatHex(key) + ": " + complaint);
                    wrong[1]++;
                }
            });
        }
        return new DataCheck(counts, wrong[0], wrong[1]);
    }
}
