// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.nio.ByteBuffer;

/**
 * Knows, while the rows of queues are read in their order, of which messages PUBREC has come by a record that stands
 * before them, see {@link ReleasedRun}.
 */
public final class ReleasedRows {

    private long session;
    private long before;

    /** {@return what counts of the next row of the keyspace QUEUE} */
    public byte[] value(byte[] key, byte[] value) {
        ByteBuffer numbers = ByteBuffer.wrap(key);
        long its = numbers.getLong();
        long position = numbers.getLong();
        if (its != session) {
            session = its;
            before = 0;
        }
        if (position < before) {
            return EntryRecord.released(1);
        }
        before = position + EntryRecord.released(value);
        return value;
    }
}
