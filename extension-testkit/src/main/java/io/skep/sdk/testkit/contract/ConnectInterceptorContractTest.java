// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.packet.ConnectInterceptor;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.testkit.contract.GivenConnect.Terms;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the broker and its clients rely on in an extension that sees CONNECT. Inherit it. */
public abstract class ConnectInterceptorContractTest extends HookContractTest {

    private static final int SECONDS_MAX = 65_535;
    private static final long NEVER = 0xFFFF_FFFFL;

    /** For subclasses. */
    protected ConnectInterceptorContractTest() {}

    private ConnectInterceptor hook() {
        return started.context().hook(ConnectInterceptor.class);
    }

    private static List<GivenConnect> requests() {
        List<GivenConnect> requests = new ArrayList<>();
        GivenConnect usual = GivenConnect.of(Given.ANN);
        Given.clients().forEach(client -> requests.add(GivenConnect.of(client)));
        requests.add(GivenConnect.of(Given.client("", null))); // the broker is to assign an id
        byte[] longest = Given.LONGEST.getBytes(StandardCharsets.UTF_8);
        for (byte[] password : List.of(new byte[0], new byte[] {0, (byte) 0xC3, 0x28}, longest)) {
            requests.add(usual.withCredentials("ann", password));
            requests.add(usual.withCredentials(null, password));
        }
        for (int keepAlive : List.of(0, 1, SECONDS_MAX)) {
            for (long expiry : List.of(-1L, 0L, NEVER)) {
                requests.add(usual.with(new Terms(keepAlive > 0, keepAlive, expiry, 1, 1, 0)));
            }
        }
        for (String topic : Given.TOPICS) {
            Given.messages(topic).forEach(will -> requests.add(usual.withWill(will, NEVER)));
        }
        requests.add(usual.withWill(Given.will("will"), 0));
        requests.add(usual.withUserProperties(Given.PROPERTIES));
        requests.add(usual.withMethod("SCRAM-SHA-256"));
        return requests;
    }

    private Interception<ConnectRequest> intercept(GivenConnect request) {
        ConnectInterceptor hook = hook();
        return settled(
                hook,
                hook.intercept(request),
                given -> given instanceof Interception.Later<ConnectRequest> later ? later.stage() : null);
    }

    private Object answer(GivenConnect request) {
        Interception<ConnectRequest> answer = intercept(request);
        if (!(answer instanceof Interception.Change<ConnectRequest> change)) {
            return answer;
        }
        assertThat(change.request())
                .as("request (expected: made by a with method of the intercepted one)")
                .isInstanceOf(GivenConnect.class);
        GivenConnect changed = (GivenConnect) change.request();
        assertThat(changed.receiveMaximum()).as("Receive Maximum").isLessThanOrEqualTo(request.receiveMaximum());
        assertThat(changed.packetBytesMax()).as("Maximum Packet Size").isLessThanOrEqualTo(request.packetBytesMax());
        assertThat(changed.topicAliasMaximum())
                .as("Topic Alias Maximum")
                .isLessThanOrEqualTo(request.topicAliasMaximum());
        if (request.client().version() != ProtocolVersion.V5_0) {
            assertThat(patience(changed)).as("Keep Alive of a 3.x client").isGreaterThanOrEqualTo(patience(request));
        }
        return changed.values();
    }

    private static int patience(ConnectRequest request) {
        return request.keepAliveSeconds() == 0 ? Integer.MAX_VALUE : request.keepAliveSeconds();
    }

    @Override
    final void ask() {
        hook().intercept(GivenConnect.of(Given.ANN));
    }

    @Override
    final List<?> answers() {
        return requests().stream().map(this::answer).toList();
    }
}
