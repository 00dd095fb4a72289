// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.MqttConfig;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.hook.HookChains;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.auth.Decision;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestMethodOrder(OrderAnnotation.class)
class BrokerExtensionTest {

    private static final List<Settings> limits = new ArrayList<>();

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("mqtt.in-flight-max", 7)
            .configure(config -> config)
            .config("limits", "limit: 1")
            .extension("limits", context -> {
                limits.add(context.config(Settings.class));
                context.onConfigChange(Settings.class, limits::add);
            })
            .hooks(hooks -> hooks.authorizer((client, operation) -> Decision.next()));

    @RegisterExtension
    final BrokerExtension another = BrokerExtension.create();

    private static HookChains chains() {
        return broker.broker().get(HookChains.class);
    }

    @Test
    void eachBrokerListensOnItsOwnPortOfLoopback() throws IOException {
        assertThat(another.port()).isNotEqualTo(broker.port());
        for (InetSocketAddress address : new InetSocketAddress[] {broker.address(), another.address()}) {
            assertThat(address.getAddress().isLoopbackAddress()).isTrue();
            new Socket(address.getAddress(), address.getPort()).close();
        }
    }

    @Test
    void settingsAreThoseOfTheConfiguration() {
        MqttConfig mqtt = broker.broker().get(SkepConfig.class).mqtt();
        assertThat(mqtt.inFlightMax()).isEqualTo(7);
        assertThat(broker.home().resolve("data")).isDirectory();
    }

    @Test
    void aRestartKeepsPortFolderAndHooks() {
        int port = broker.port();
        Path home = broker.home();
        broker.restart();
        assertThat(broker.port()).isEqualTo(port);
        assertThat(broker.home()).isEqualTo(home);
        assertThat(chains().authorizes()).isTrue();
    }

    @Test
    void anExtensionUnderTestHasServicesAndIsStoppedWithItsBroker() {
        AtomicInteger starts = new AtomicInteger();
        AtomicInteger stops = new AtomicInteger();
        CompletableFuture<ExtensionContext> given = new CompletableFuture<>();
        another.extension("probe", new Extension() {
            @Override
            public void start(ExtensionContext context) {
                starts.incrementAndGet();
                given.complete(context);
            }

            @Override
            public void stop() {
                stops.incrementAndGet();
            }
        });
        ExtensionContext context = given.join();
        assertThat(context.id()).isEqualTo("probe");
        context.store().put("k", new byte[] {1}).toCompletableFuture().join();
        assertThat(context.store().get("k").toCompletableFuture().join().orElseThrow())
                .containsExactly(1);
        int port = context.broker()
                .toCompletableFuture()
                .join()
                .listeners()
                .get(0)
                .address()
                .getPort();
        assertThat(port).isEqualTo(another.port());
        another.restart();
        assertThat(starts).hasValue(2);
        assertThat(stops).hasValue(1);
    }

    @Test
    void anExtensionHasTheConfigurationThatTheTestGivesAndHearsOfItsChanges() {
        List<Settings> seen = new ArrayList<>();
        another.config("probe", "limit: 7").extension("probe", context -> {
            seen.add(context.config(Settings.class));
            context.onConfigChange(Settings.class, seen::add);
        });
        another.config("probe", "limit: 8").config("other", "limit: 9");
        assertThat(seen).containsExactly(new Settings(7), new Settings(8));
        another.restart();
        assertThat(seen).endsWith(new Settings(8));
        assertThatThrownBy(() -> another.config("probe", "limits: 1")).hasMessageContaining("limits");
    }

    record Settings(int limit) {}

    @Test
    @Order(1)
    void aTestMayChangeTheConfigurationOfTheClass() {
        assertThat(limits).endsWith(new Settings(1));
        broker.config("limits", "limit: 2");
        assertThat(limits).endsWith(new Settings(2));
    }

    @Test
    @Order(2)
    void theConfigurationOfTheClassIsBackWhenATestHasEnded() {
        assertThat(limits).endsWith(new Settings(1)).contains(new Settings(2));
    }

    @Test
    @Order(1)
    void aTestMayInstallHooks() {
        broker.hooks(hooks -> hooks.authenticator(login -> Decision.allow()));
        assertThat(chains().authenticates()).isTrue();
        broker.restart();
        assertThat(chains().authenticates()).isTrue();
    }

    @Test
    @Order(2)
    void hooksOfATestAreGoneWhenItHasEnded() {
        assertThat(chains().authenticates()).isFalse();
        assertThat(chains().authorizes()).isTrue();
    }
}
