// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.helloworld;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloWorldTest {

    @Test
    void theRightPasswordLetsHelloInBelowItsTopic() {
        Decision decision = HelloWorld.authenticate(login("hello", "world"));

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Allow.class,
                        allow -> assertThat(allow.permissions().rules())
                                .singleElement()
                                .satisfies(
                                        rule -> assertThat(rule.topicFilter()).isEqualTo("hello/#")));
    }

    @Test
    void everybodyElseIsLeftToTheNextExtension() {
        assertThat(HelloWorld.authenticate(login("hello", "word"))).isEqualTo(Decision.next());
        assertThat(HelloWorld.authenticate(login("hi", "world"))).isEqualTo(Decision.next());
    }

    private static Login login(String userName, String password) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client client = new Client("c", userName, address, ProtocolVersion.V3_1_1, "tcp", List.of());
        return new Login(client, password.getBytes(StandardCharsets.UTF_8));
    }
}
