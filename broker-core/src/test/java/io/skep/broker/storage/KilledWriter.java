// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.broker.metrics.Metrics;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** The main class of a process that commits numbers, and says each when it is durable, until it is killed. */
final class KilledWriter {

    private static final int UNDER_WAY_MAX = 200;
    private static final OutputStream STANDARD_OUT = new FileOutputStream(FileDescriptor.out);

    private KilledWriter() {}

    /** Arguments: the folder, the durability, the first number. */
    public static void main(String[] arguments) throws InterruptedException {
        Storage storage = new RocksDbProvider().open(Path.of(arguments[0]), Durability.valueOf(arguments[1]));
        Journal journal = new Journal(storage, new Metrics());
        Executor loop = Executors.newSingleThreadExecutor();
        Semaphore room = new Semaphore(UNDER_WAY_MAX);
        for (int number = Integer.parseInt(arguments[2]); ; number++) {
            room.acquire();
            journal.submit(new Numbered(number, loop, room));
        }
    }

    static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    /** {@return some bytes that only this number has} */
    static byte[] value(int number) {
        Random random = new Random(number);
        byte[] value = new byte[random.nextInt(2000)];
        random.nextBytes(value);
        return value;
    }

    static void say(String line) throws IOException {
        STANDARD_OUT.write((line + "\n").getBytes(StandardCharsets.UTF_8)); // at once: nothing said may be lost
    }

    private record Numbered(int number, Executor loop, Semaphore room) implements Write {

        @Override
        public void addTo(WriteBatch batch) {
            batch.put(Keyspace.QUEUE, key(number), value(number));
        }

        @Override
        public void committed() {
            try {
                say(Integer.toString(number));
                room.release();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void failed(StorageException failure) {
            throw failure;
        }
    }
}
