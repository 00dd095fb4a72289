// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some messages of a queue, read from disk.
 *
 * @param rows in order
 * @param isLast whether there are no more in what was asked for
 */
record QueuePage(List<Row> rows, boolean isLast) {

    /**
     * A stored message.
     *
     * @param key session number and position
     * @param value an {@link Entry}
     * @param shared the message that it refers to, null if it has its own
     */
    record Row(byte[] key, byte[] value, byte @Nullable [] shared) {}
}
