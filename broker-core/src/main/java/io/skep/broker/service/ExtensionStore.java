// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.storage.Journal;
import io.skep.broker.storage.Write;
import io.skep.sdk.service.Changes;
import io.skep.sdk.service.KeyValueStore;
import io.skep.sdk.service.Listing;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The data of one extension: its keys begin with the extension's id and a zero byte. */
final class ExtensionStore implements KeyValueStore {

    private static final int PAGE_BYTES_MAX = 4 << 20;

    private final String extension;
    private final Calls calls;
    private final Turn turn;

    ExtensionStore(String extension, Calls calls, Turn turn) {
        this.extension = extension;
        this.calls = calls;
        this.turn = turn;
    }

    private byte[] key(String key) {
        return (extension + '\0' + key).getBytes(UTF_8);
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        byte[] stored = key(key);
        return calls.ask(core -> {
            CompletableFuture<Optional<byte[]>> result = new CompletableFuture<>();
            turn.take(
                    loop(core),
                    () -> core.journal()
                            .read(
                                    Runnable::run,
                                    storage -> Optional.ofNullable(storage.get(Keyspace.EXTENSIONS, stored)),
                                    result::complete,
                                    result::completeExceptionally));
            return result;
        });
    }

    @Override
    public Listing<Entry> scan(String prefix) {
        byte[] from = key(prefix);
        byte[] end = from.clone();
        end[end.length - 1]++; // no byte of UTF-8 is the last one
        return new Pages<>(calls) {

            private byte[] next = from;

            @Override
            CompletableFuture<List<Entry>> page(Core core, int most) {
                CompletableFuture<List<Entry>> result = new CompletableFuture<>();
                turn.take(
                        loop(core),
                        () -> core.journal()
                                .read(
                                        Runnable::run,
                                        storage -> read(storage, most),
                                        result::complete,
                                        result::completeExceptionally));
                return result;
            }

            private List<Entry> read(Storage storage, int most) {
                List<Entry> page = new ArrayList<>();
                long[] size = {0};
                storage.scan(Keyspace.EXTENSIONS, next, end, (key, value) -> {
                    page.add(entry(key, value));
                    next = Arrays.copyOf(key, key.length + 1);
                    size[0] += key.length + value.length;
                    return page.size() < most && size[0] < PAGE_BYTES_MAX;
                });
                return page;
            }
        };
    }

    private Entry entry(byte[] key, byte[] value) {
        int start = extension.length() + 1;
        return new Entry(new String(key, start, key.length - start, UTF_8), value);
    }

    @Override
    public CompletionStage<Boolean> commit(Changes changes) {
        List<Changes.Step> expectations = changes.expectations();
        Writes writes = new Writes(changes.writes());
        return calls.ask(core -> {
            turn.take(loop(core), () -> {
                if (expectations.isEmpty()) {
                    core.journal().submit(writes);
                } else {
                    decide(core, expectations, writes);
                }
            });
            return writes.result;
        });
    }

    private Executor loop(Core core) {
        return core.sessions().laneOf(extension).loop();
    }

    private void decide(Core core, List<Changes.Step> expectations, Writes writes) {
        turn.hold();
        Journal journal = core.journal();
        journal.read(
                loop(core),
                storage -> expectations.stream().allMatch(each -> holds(storage, each)),
                holds -> {
                    if (holds) {
                        journal.submit(writes);
                    } else {
                        writes.result.complete(false);
                    }
                    turn.pass();
                },
                failure -> {
                    writes.result.completeExceptionally(failure);
                    turn.pass();
                });
    }

    private boolean holds(Storage storage, Changes.Step expected) {
        return Arrays.equals(storage.get(Keyspace.EXTENSIONS, key(expected.key())), expected.value());
    }

    /** Changes on their way to the disk. */
    private final class Writes implements Write {

        private final List<Changes.Step> steps;
        private final CompletableFuture<Boolean> result = new CompletableFuture<>();

        Writes(List<Changes.Step> steps) {
            this.steps = steps;
        }

        @Override
        public void addTo(WriteBatch batch) {
            for (Changes.Step step : steps) {
                byte @Nullable [] value = step.value();
                if (value == null) {
                    batch.delete(Keyspace.EXTENSIONS, key(step.key()));
                } else {
                    batch.put(Keyspace.EXTENSIONS, key(step.key()), value);
                }
            }
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public void committed() {
            result.complete(true);
        }

        @Override
        public void failed(StorageException failure) {
            result.completeExceptionally(failure);
        }
    }
}
