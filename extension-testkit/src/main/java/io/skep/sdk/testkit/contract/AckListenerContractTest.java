// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.AckListener;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.ReplyType;
import java.util.List;

/** What the broker relies on in an extension that sees the acknowledgements of clients. Inherit it. */
public abstract class AckListenerContractTest extends HookContractTest {

    private static final Reply USUAL = new Reply(ReplyType.PUBACK, 1, List.of(ReasonCode.SUCCESS), null, List.of());

    /** For subclasses. */
    protected AckListenerContractTest() {}

    @Override
    final void ask() {
        started.context().hook(AckListener.class).received(Given.ANN, USUAL);
    }

    @Override
    final List<?> answers() {
        AckListener listener = started.context().hook(AckListener.class);
        ReplyInterceptorContractTest.replies(ReplyType.PUBACK, ReplyType.PUBREC, ReplyType.PUBREL, ReplyType.PUBCOMP)
                .forEach(ack -> listener.received(Given.ANN, ack));
        Given.clients().forEach(client -> listener.received(client, USUAL));
        return List.of(); // there is nothing to answer
    }
}
