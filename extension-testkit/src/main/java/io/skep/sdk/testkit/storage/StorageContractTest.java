// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.StorageProvider;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the broker relies on in a storage engine. Inherit it, say which provider is meant, and run it:
 *
 * <pre>{@code
 * final class MyStorageTest extends StorageContractTest {
 *     @Override
 *     protected StorageProvider provider() {
 *         return new MyStorageProvider();
 *     }
 * }
 * }</pre>
 */
public abstract class StorageContractTest {

    private static final Keyspace SPACE = Keyspace.EXTENSIONS;
    private static final byte[] START = {};
    private static final int COMMIT_SECONDS_MAX = 30;

    private Path folder;
    private Storage storage;

    /** For subclasses. */
    protected StorageContractTest() {}

    /** {@return the provider of the engine under test} */
    protected abstract StorageProvider provider();

    /** {@return what the storage is opened for; all tests must pass with each} */
    protected Durability durability() {
        return Durability.FSYNC;
    }

    /** {@return whether a storage that is closed and opened again has what it had} */
    protected boolean remembers() {
        return true;
    }

    @BeforeEach
    final void open(@TempDir Path temporaryFolder) {
        folder = temporaryFolder;
        storage = provider().open(folder, durability());
    }

    @AfterEach
    final void close() {
        storage.close();
    }

    @Test
    final void aKeyThatWasNeverWrittenHasNoValue() {
        assertThat(storage.get(SPACE, bytes("a"))).isNull();
        assertThat(scan(START, null)).isEmpty();
    }

    @Test
    final void aCommittedValueIsFound() {
        commit(batch -> put(batch, "a", "1"));
        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    final void aBatchThatIsNotCommittedChangesNothing() {
        WriteBatch abandoned = storage.batch();
        put(abandoned, "a", "1");
        commit(batch -> put(batch, "b", "2"));
        assertThat(scan(START, null)).containsExactly("b=2");
    }

    @Test
    final void anEmptyBatchIsCommittedToo() {
        commit(batch -> {});
        assertThat(scan(START, null)).isEmpty();
    }

    @Test
    final void anEmptyValueIsNotNoValue() {
        commit(batch -> put(batch, "a", ""));
        assertThat(get("a")).isEmpty();
        assertThat(scan(START, null)).containsExactly("a=");
    }

    @Test
    final void keysAreInTheOrderOfUnsignedBytes() {
        commit(batch -> {
            for (String key :
                    List.of("\u00ff", "b", "\u0080", "ab", "\u0000", "a", "\u007f", "a\u0000", "\u00ff\u00ff")) {
                put(batch, key, "");
            }
        });
        assertThat(scan(START, null))
                .containsExactly(
                        "\u0000=", "a=", "a\u0000=", "ab=", "b=", "\u007f=", "\u0080=", "\u00ff=", "\u00ff\u00ff=");
    }

    @Test
    final void theLastKeyOfARangeIsFound() {
        commit(batch -> List.of("a", "b", "ba", "c", "d").forEach(key -> put(batch, key, "")));
        assertThat(storage.lastKey(SPACE, bytes("a"), bytes("c"))).isEqualTo(bytes("ba"));
        assertThat(storage.lastKey(SPACE, bytes("b"), bytes("e"))).isEqualTo(bytes("d"));
        assertThat(storage.lastKey(SPACE, bytes("bb"), bytes("c"))).isNull();
        assertThat(storage.lastKey(SPACE, bytes("e"), bytes("f"))).isNull();
    }

    @Test
    final void aScanBeginsWithItsFirstKeyAndEndsBeforeItsLast() {
        commit(batch -> List.of("a", "b", "ba", "c", "d").forEach(key -> put(batch, key, "")));
        assertThat(scan(bytes("b"), bytes("d"))).containsExactly("b=", "ba=", "c=");
        assertThat(scan(bytes("bb"), bytes("ca"))).containsExactly("c=");
        assertThat(scan(bytes("c"), null)).containsExactly("c=", "d=");
        assertThat(scan(bytes("b"), bytes("b"))).isEmpty();
        assertThat(scan(bytes("e"), null)).isEmpty();
    }

    @Test
    final void aScanStopsWhenItsVisitorHasEnough() {
        commit(batch -> List.of("a", "b", "c").forEach(key -> put(batch, key, "")));
        List<String> seen = new ArrayList<>();
        storage.scan(SPACE, START, null, (key, value) -> {
            seen.add(text(key));
            return seen.size() < 2;
        });
        assertThat(seen).containsExactly("a", "b");
    }

    @Test
    final void theLastWriteOfABatchWins() {
        commit(batch -> {
            put(batch, "a", "1");
            put(batch, "a", "2");
            put(batch, "b", "1");
            batch.delete(SPACE, bytes("b"));
            batch.delete(SPACE, bytes("c"));
            put(batch, "c", "1");
        });
        assertThat(scan(START, null)).containsExactly("a=2", "c=1");
    }

    @Test
    final void theLastCommitWins() {
        commit(batch -> put(batch, "a", "1"));
        commit(batch -> put(batch, "a", "2"));
        assertThat(get("a")).isEqualTo("2");
        commit(batch -> batch.delete(SPACE, bytes("a")));
        assertThat(get("a")).isNull();
        commit(batch -> put(batch, "a", "3"));
        assertThat(get("a")).isEqualTo("3");
    }

    @Test
    final void deletingWhatIsNotThereDoesNothing() {
        commit(batch -> {
            batch.delete(SPACE, bytes("a"));
            batch.deleteRange(SPACE, bytes("b"), bytes("c"));
        });
        assertThat(scan(START, null)).isEmpty();
    }

    @Test
    final void aRangeIsDeletedWithoutItsEnd() {
        commit(batch -> List.of("a", "b", "ba", "c", "d").forEach(key -> put(batch, key, "")));
        commit(batch -> batch.deleteRange(SPACE, bytes("b"), bytes("c")));
        assertThat(scan(START, null)).containsExactly("a=", "c=", "d=");
        assertThat(get("ba")).isNull();
    }

    @Test
    final void anEmptyRangeDeletesNothing() {
        commit(batch -> put(batch, "a", "1"));
        commit(batch -> batch.deleteRange(SPACE, bytes("a"), bytes("a")));
        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    final void aRangeDeleteKeepsItsPlaceInTheBatch() {
        commit(batch -> {
            put(batch, "a", "before");
            put(batch, "b", "before");
            batch.deleteRange(SPACE, bytes("a"), bytes("z"));
            put(batch, "b", "after");
        });
        assertThat(scan(START, null)).containsExactly("b=after");
    }

    @Test
    final void keyspacesAreApart() {
        commit(batch -> {
            for (Keyspace keyspace : Keyspace.values()) {
                batch.put(keyspace, bytes("key"), bytes(keyspace.name()));
            }
        });
        for (Keyspace keyspace : Keyspace.values()) {
            assertThat(storage.get(keyspace, bytes("key"))).asString(ISO_8859_1).isEqualTo(keyspace.name());
        }
        commit(batch -> batch.deleteRange(Keyspace.QUEUE, bytes("a"), bytes("z")));
        assertThat(storage.get(Keyspace.QUEUE, bytes("key"))).isNull();
        assertThat(storage.get(Keyspace.PAYLOADS, bytes("key"))).isNotNull();
    }

    @Test
    final void aLargeValueComesBackAsItWas() {
        byte[] large = new byte[1 << 20];
        new Random(17).nextBytes(large);
        commit(batch -> batch.put(SPACE, bytes("large"), large));
        assertThat(storage.get(SPACE, bytes("large"))).isEqualTo(large);
    }

    @Test
    final void aKeyIsAsLongAsATopicWithANumberInFrontOfIt() {
        byte[] key = new byte[65_535 + Long.BYTES];
        new Random(17).nextBytes(key);
        byte[] next = key.clone();
        next[next.length - 1]++;
        commit(batch -> {
            batch.put(SPACE, key, bytes("1"));
            batch.put(SPACE, next, bytes("2"));
        });
        assertThat(storage.get(SPACE, key)).isEqualTo(bytes("1"));
        List<byte[]> seen = new ArrayList<>();
        storage.scan(SPACE, START, null, (found, value) -> seen.add(found));
        assertThat(seen).containsExactly(key, next);
        commit(batch -> batch.delete(SPACE, key));
        assertThat(storage.get(SPACE, key)).isNull();
        assertThat(storage.get(SPACE, next)).isEqualTo(bytes("2"));
    }

    @Test
    final void manyKeysAreAllThereAndInOrder() {
        int count = 100_000;
        for (int first = 0; first < count; first += 10_000) {
            int from = first;
            commit(batch -> {
                for (int i = from; i < from + 10_000; i++) {
                    byte[] number = number((i * 7919) % count); // all of them, in no order
                    batch.put(SPACE, number, number);
                }
            });
        }
        List<byte[]> seen = new ArrayList<>();
        storage.scan(SPACE, START, null, (key, value) -> {
            assertThat(value).isEqualTo(key);
            return seen.add(key);
        });
        assertThat(seen).hasSize(count).isSortedAccordingTo(Arrays::compareUnsigned);
    }

    @Test
    final void whatIsTakenFromTheFrontOfAQueueIsGone() {
        int count = 20_000;
        commit(batch -> {
            for (int i = 0; i < count; i++) {
                batch.put(Keyspace.QUEUE, number(i), bytes("message"));
            }
        });
        commit(batch -> {
            for (int i = 0; i < count - 1; i++) {
                batch.delete(Keyspace.QUEUE, number(i));
            }
        });
        List<byte[]> left = new ArrayList<>();
        storage.scan(Keyspace.QUEUE, number(0), number(count), (key, value) -> left.add(key));
        assertThat(left).containsExactly(number(count - 1));
    }

    @Test
    final void commitsCallBackOnceAndInTheirOrder() {
        int count = 200;
        List<Integer> ended = new ArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            WriteBatch batch = storage.batch();
            batch.put(SPACE, bytes("latest"), number(number));
            storage.commit(batch, failure -> {
                assertThat(failure).isNull();
                ended.add(number);
                if (number == count - 1) {
                    last.complete(null);
                }
            });
        }
        await(last);
        assertThat(ended).hasSize(count).isSorted();
        assertThat(storage.get(SPACE, bytes("latest"))).isEqualTo(number(count - 1));
    }

    @Test
    final void aStorageThatIsOpenedAgainHasWhatItHad() {
        commit(batch -> {
            put(batch, "a", "1");
            put(batch, "b", "2");
        });
        commit(batch -> batch.delete(SPACE, bytes("a")));
        for (int i = 0; i < 2; i++) {
            storage.close();
            storage = provider().open(folder, durability());
            assertThat(scan(START, null)).isEqualTo(remembers() ? List.of("b=2") : List.of());
        }
    }

    @Test
    final void theProviderHasAName() {
        assertThat(provider().name()).isNotBlank().doesNotContainAnyWhitespaces();
    }

    private void commit(Consumer<WriteBatch> writes) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        WriteBatch batch = storage.batch();
        writes.accept(batch);
        storage.commit(batch, failure -> complete(end, failure));
        await(end);
    }

    private static void complete(CompletableFuture<Void> end, @Nullable StorageException failure) {
        if (failure == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(failure);
        }
    }

    private static void await(CompletableFuture<Void> end) {
        try {
            end.get(COMMIT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("a commit did not end well", e);
        }
    }

    private static void put(WriteBatch batch, String key, String value) {
        batch.put(SPACE, bytes(key), bytes(value));
    }

    private @Nullable String get(String key) {
        byte[] value = storage.get(SPACE, bytes(key));
        return value == null ? null : text(value);
    }

    private List<String> scan(byte[] from, byte @Nullable [] to) {
        List<String> entries = new ArrayList<>();
        storage.scan(SPACE, from, to, (key, value) -> entries.add(text(key) + "=" + text(value)));
        return entries;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }
}
