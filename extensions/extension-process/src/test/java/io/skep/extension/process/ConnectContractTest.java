// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.extension.process.Wire.Answer;
import io.skep.extension.process.Wire.Call;
import io.skep.extension.process.Wire.Change;
import io.skep.sdk.Extension;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.service.Meters;
import io.skep.sdk.testkit.BareContext;
import io.skep.sdk.testkit.BrokerExtension;
import io.skep.sdk.testkit.contract.ConnectInterceptorContractTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CONNECT as a program sees it, which changes most and refuses some. */
final class ConnectContractTest extends ConnectInterceptorContractTest {

    private static final AtomicReference<Meters> METERS = new AtomicReference<>();

    @RegisterExtension
    static final BrokerExtension broker =
            BrokerExtension.create().extension("observer", context -> METERS.set(context.meters()));

    private static FakeProgram program;

    @BeforeAll
    static void startProgram() throws IOException {
        program = FakeProgram.answering((message, stream) -> message.getCallsList()
                .forEach(call -> FakeProgram.answer(stream, answer(call).setId(call.getId()))));
    }

    private static Answer.Builder answer(Call call) {
        Answer.Builder answer = Answer.newBuilder();
        String id = call.getClient().getId();
        if (id.startsWith("$")) {
            return answer.setDeny(Wire.Deny.newBuilder().setReasonCode(ReasonCode.BANNED.code()));
        }
        Change.Builder change = Change.newBuilder().setUserName("someone").setKeepAliveSeconds(0);
        return answer.setChange(id.isEmpty() ? change.setClientId("assigned") : change);
    }

    @AfterAll
    static void stopProgram() {
        program.close();
    }

    @Override
    protected String id() {
        return "extension-process";
    }

    @Override
    protected String config() {
        return "address: " + program.address() + "\nhooks: [connect]\ndeadline: 20s\n";
    }

    @Override
    protected Extension extension() {
        return new ExtensionProcess();
    }

    @Override
    protected BareContext context(Path configFolder) {
        return new MeteredContext(configFolder, METERS.get());
    }
}
