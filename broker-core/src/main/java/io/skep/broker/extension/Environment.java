// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.service.Services;
import java.nio.file.Path;

/** What the broker has for every extension. */
record Environment(
        ExtensionsConfig config,
        Path configFolder,
        HookChains chains,
        Metrics metrics,
        ConfigReader configReader,
        Services services) {}
