// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static io.skep.broker.ServedBroker.all;
import static io.skep.broker.ServedBroker.bytes;
import static io.skep.broker.ServedBroker.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import io.skep.sdk.service.Changes;
import io.skep.sdk.service.KeyValueStore;
import io.skep.sdk.service.SessionAttributes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExtensionStoreTest {

    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(strings = {"rocksdb", "memory"})
    void whatIsPutIsFoundInItsOrderAndOnlyByWhoPutIt(String engine) throws IOException {
        try (ServedBroker served = ServedBroker.start(home, "storage: {engine: " + engine + "}\n");
                var other = served.of("probe2")) {
            KeyValueStore store = served.services.store();
            for (int i = 99; i >= 0; i--) {
                store.put("k/" + (char) ('A' + i % 26) + i, bytes("v" + i));
            }
            store.put("other", bytes("x"));
            soon(other.store().put("k/of-another", bytes("y")));
            List<KeyValueStore.Entry> found = all(store.scan("k/"), 7);
            assertThat(found).hasSize(100);
            assertThat(found).extracting(KeyValueStore.Entry::key).isSorted();
            assertThat(soon(store.get("k/B27")).orElseThrow()).asString(UTF_8).isEqualTo("v27");
            assertThat(all(store.scan(""), 1_000)).hasSize(101);
            assertThat(all(other.store().scan(""), 10)).hasSize(1);
            soon(store.delete("k/B27"));
            assertThat(soon(store.get("k/B27"))).isEmpty();
        }
    }

    @Test
    void whatIsDurableSurvivesARestart() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            soon(served.services.store().put("größe", new byte[] {0, -1}));
        }
        try (ServedBroker served = ServedBroker.start(home)) {
            assertThat(soon(served.services.store().get("größe")).orElseThrow()).containsExactly(0, -1);
        }
    }

    @Test
    void changesAreMadeAllOrNone() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            KeyValueStore store = served.services.store();
            soon(store.put("a", bytes("1")));
            Changes wrong = new Changes()
                    .expect("a", bytes("1"))
                    .expect("b", bytes("1"))
                    .put("a", bytes("2"))
                    .delete("a");
            assertThat(soon(store.commit(wrong))).isFalse();
            assertThat(soon(store.get("a")).orElseThrow()).asString(UTF_8).isEqualTo("1");
            Changes right = new Changes()
                    .expect("a", bytes("1"))
                    .expect("b", null)
                    .put("b", bytes("2"))
                    .delete("a");
            assertThat(soon(store.commit(right))).isTrue();
            assertThat(soon(store.get("a"))).isEmpty();
            assertThat(soon(store.get("b")).orElseThrow()).asString(UTF_8).isEqualTo("2");
        }
    }

    @Test
    void ofManyThatReplaceTheSameValueOneWins() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            KeyValueStore store = served.services.store();
            for (int round = 0; round < 20; round++) {
                byte[] before = round == 0 ? null : bytes("" + (round - 1));
                byte[] after = bytes("" + round);
                List<CompletableFuture<Boolean>> attempts = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    attempts.add(CompletableFuture.supplyAsync(() -> soon(store.replace("n", before, after))));
                }
                assertThat(attempts.stream().filter(CompletableFuture::join)).hasSize(1);
            }
        }
    }

    @Test
    void whatIsTooLargeIsRefused() {
        Changes changes = new Changes();
        for (String key : List.of("", "x".repeat(Changes.KEY_BYTES_MAX + 1))) {
            assertThatThrownBy(() -> changes.put(key, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> changes.put("a", new byte[Changes.VALUE_BYTES_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class);
        for (int i = 0; i < Changes.STEPS_MAX; i++) {
            changes.delete("k" + i);
        }
        assertThatThrownBy(() -> changes.delete("one-more")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void attributesOfASessionAreKeptWithItAndGoWithIt() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                var other = served.of("other")) {
            RawClient.connect(served.port(), "ann", false).close();
            RawClient.connect(served.port(), "bob", false).close();
            SessionAttributes attributes = served.services.sessionAttributes();
            assertThat(soon(attributes.put("ann", "tariff", bytes("gold")))).isTrue();
            attributes.put("ann", "gone", bytes("x"));
            assertThat(soon(attributes.remove("ann", "gone"))).isTrue();
            assertThat(soon(attributes.put("bob", "tariff", bytes("tin")))).isTrue();
            assertThat(soon(attributes.put("nobody", "tariff", bytes("x")))).isFalse();
            assertThat(soon(other.sessionAttributes().all("ann"))).isEmpty();
        }
        try (ServedBroker served = ServedBroker.start(home)) {
            SessionAttributes attributes = served.services.sessionAttributes();
            assertThat(soon(attributes.get("ann", "tariff")).orElseThrow())
                    .asString(UTF_8)
                    .isEqualTo("gold");
            assertThat(soon(attributes.all("ann"))).containsOnlyKeys("tariff");
            soon(served.services.sessions().end("ann"));
            RawClient.connect(served.port(), "ann", false).close();
            assertThat(soon(attributes.all("ann"))).isEmpty();
            RawClient.connect(served.port(), "bob", true).close(); // a clean start ends the session
            RunningBroker.await(
                    "the end of a session",
                    () -> soon(served.services.sessions().find("bob")).isEmpty());
        }
        assertThat(export(home.resolve("data"))).doesNotContain("attribute", "extension");
    }

    @Test
    void attributesOfASessionThatEndsWithItsConnectionEndToo() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            try (RawClient ann = RawClient.connect(served.port(), "ann", true)) {
                soon(served.services.sessionAttributes().put("ann", "a", bytes("1")));
                assertThat(soon(served.services.sessionAttributes().all("ann"))).hasSize(1);
                assertThat(ann.socket().isConnected()).isTrue();
            }
            RunningBroker.await(
                    "the end of a session",
                    () -> soon(served.services.sessions().find("ann")).isEmpty());
            try (RawClient ann = RawClient.connect(served.port(), "ann", true)) {
                assertThat(ann.socket().isConnected()).isTrue();
                assertThat(soon(served.services.sessionAttributes().all("ann"))).isEmpty();
            }
        }
    }

    @Test
    void aSessionHasSoManyAttributesOfAnExtensionAndNoMore() throws IOException {
        int most = SessionAttributes.ATTRIBUTES_MAX;
        try (ServedBroker served = ServedBroker.start(home)) {
            RawClient.connect(served.port(), "ann", false).close();
            for (int i = 0; i < most; i++) {
                soon(served.services.sessionAttributes().put("ann", "a" + i, bytes("x")));
            }
        }
        try (ServedBroker served = ServedBroker.start(home);
                var other = served.of("other")) {
            SessionAttributes attributes = served.services.sessionAttributes();
            assertThatThrownBy(() -> soon(attributes.put("ann", "more", bytes("x"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(expected: fewer)");
            assertThat(soon(attributes.put("ann", "a0", bytes("again")))).isTrue();
            assertThat(soon(other.sessionAttributes().put("ann", "more", bytes("x"))))
                    .isTrue();
            soon(attributes.remove("ann", "a1"));
            assertThat(soon(attributes.put("ann", "more", bytes("x")))).isTrue();
            assertThatThrownBy(() -> attributes.put("ann", "a", new byte[SessionAttributes.VALUE_BYTES_MAX + 1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void exportAndImportCarryWhatExtensionsKeep() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            RawClient.connect(served.port(), "first", false).close();
            RawClient.connect(served.port(), "ann", false).close();
            soon(served.services.sessions().end("first")); // so that numbers differ afterwards
            soon(served.services.sessionAttributes().put("ann", "tariff", bytes("gold")));
            soon(served.services.store().put("k", bytes("v")));
        }
        String exported = export(home.resolve("data"));
        assertThat(exported).contains("\"type\":\"attribute\"", "\"extension\":\"probe\"", "\"name\":\"tariff\"");
        try (OfflineData data = OfflineData.open(StorageConfig.DEFAULT, home.resolve("copy"))) {
            data.importFrom(new BufferedReader(new StringReader(exported)));
        }
        assertThat(export(home.resolve("copy"))).isEqualTo(exported);
        try (ServedBroker served = ServedBroker.start(home, "storage: {folder: copy}\n")) {
            assertThat(soon(served.services.store().get("k")).orElseThrow())
                    .asString(UTF_8)
                    .isEqualTo("v");
            assertThat(soon(served.services.sessionAttributes().get("ann", "tariff"))
                            .orElseThrow())
                    .asString(UTF_8)
                    .isEqualTo("gold");
        }
    }

    private static String export(Path folder) throws IOException {
        StringWriter out = new StringWriter();
        try (OfflineData data = OfflineData.openExisting(StorageConfig.DEFAULT, folder)) {
            assertThat(data.verify(line -> {}).isSound()).isTrue();
            data.exportTo(out);
        }
        return out.toString();
    }
}
