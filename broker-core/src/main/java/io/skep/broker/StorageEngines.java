// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.extension.LoadedExtension;
import io.skep.broker.extension.StorageEngine;
import io.skep.broker.storage.MemoryProvider;
import io.skep.broker.storage.RocksDbProvider;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the storage engine that the configuration names: one of the broker's own or of an extension. */
final class StorageEngines {

    private StorageEngines() {}

    /**
     * Opens it.
     *
     * @throws StartException if there is none of this name, or more than one
     * @throws StorageException if it cannot be opened
     */
    static Storage open(StorageConfig config, Path folder, ExtensionHost extensions) {
        List<StorageEngine> engines = new ArrayList<>();
        engines.add(new StorageEngine("Skep", new RocksDbProvider()));
        engines.add(new StorageEngine("Skep", new MemoryProvider()));
        engines.addAll(extensions.storageEngines());
        List<StorageEngine> chosen = engines.stream()
                .filter(engine -> config.engine().equals(engine.provider().name()))
                .toList();
        if (chosen.isEmpty()) {
            throw wrong(config, "one of " + names(engines) + leftOut(extensions.loaded()));
        }
        if (chosen.size() > 1) {
            throw wrong(config, "provided once, but there is one of each: " + origins(chosen));
        }
        Storage storage = open(config, folder, chosen.get(0));
        extensions.keepUntilTheEnd(chosen.get(0));
        return storage;
    }

    private static Storage open(StorageConfig config, Path folder, StorageEngine engine) {
        @Nullable Storage storage;
        try {
            storage = engine.provider().open(folder, config.durability());
        } catch (StorageException e) {
            throw e; // it is for the operator
        } catch (RuntimeException | LinkageError e) {
            throw new StorageException(
                    "storage.engine: '" + config.engine() + "' (expected: one that can be opened, but that of "
                            + engine.origin() + " failed with " + e + ")",
                    e);
        }
        if (storage == null) {
            throw wrong(config, "one that can be opened, but " + engine.origin() + " returned null");
        }
        return storage;
    }

    private static StartException wrong(StorageConfig config, String expected) {
        return new StartException("storage.engine: '" + config.engine() + "' (expected: " + expected + ")");
    }

    private static String names(List<StorageEngine> engines) {
        return engines.stream()
                .map(engine -> engine.provider().name())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String origins(List<StorageEngine> engines) {
        return engines.stream().map(StorageEngine::origin).collect(Collectors.joining(", "));
    }

    /** One of them may be who was to provide it. */
    private static String leftOut(List<LoadedExtension> extensions) {
        return extensions.stream()
                .filter(extension -> extension.state() != LoadedExtension.State.STARTED)
                .map(extension -> "; " + extension.file() + " does not run: "
                        + (extension.failure().isEmpty() ? "it is disabled" : extension.failure()))
                .collect(Collectors.joining());
    }
}
