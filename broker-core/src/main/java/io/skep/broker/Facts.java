// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import io.skep.broker.config.ListenerConfig;
import io.skep.sdk.Extension;
import io.skep.sdk.service.BrokerFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What extensions are told of the broker. */
final class Facts {

    private Facts() {}

    /** {@return the facts; the addresses are those that the listeners are bound to, in the same order} */
    static BrokerFacts of(
            List<ListenerConfig> configs, List<InetSocketAddress> addresses, Instant began, String dataId) {
        List<BrokerFacts.Listener> listeners = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            ListenerConfig config = configs.get(i);
            String type = config.type().name().toLowerCase(Locale.ROOT);
            listeners.add(new BrokerFacts.Listener(config.name(), type, addresses.get(i)));
        }
        return new BrokerFacts(version(), dataId, began, List.copyOf(listeners));
    }

    /** Broker and SDK have the same. */
    private static String version() {
        try (InputStream version = Extension.class.getResourceAsStream("version")) {
            return new String(Objects.requireNonNull(version).readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
