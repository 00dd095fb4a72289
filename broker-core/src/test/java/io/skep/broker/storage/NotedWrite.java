// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;

/** A write of a numbered key that notes how it ends. */
class NotedWrite implements Write {

    static final Keyspace SPACE = Keyspace.QUEUE;

    private final int number;
    private final Executor loop;
    private final List<String> notes;

    NotedWrite(int number, Executor loop, List<String> notes) {
        this.number = number;
        this.loop = loop;
        this.notes = notes;
    }

    static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    @Override
    public void addTo(WriteBatch batch) {
        batch.put(SPACE, key(number), key(number));
    }

    @Override
    public Executor loop() {
        return loop;
    }

    @Override
    public void committed() {
        notes.add("committed " + number);
    }

    @Override
    public void failed(StorageException failure) {
        notes.add("failed " + number + ": " + failure.getMessage());
    }
}
