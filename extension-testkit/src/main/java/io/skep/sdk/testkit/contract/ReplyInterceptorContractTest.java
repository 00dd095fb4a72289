// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.ReplyInterceptor;
import io.skep.sdk.packet.ReplyType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the broker relies on in an extension that sees what it answers. Inherit it. */
public abstract class ReplyInterceptorContractTest extends HookContractTest {

    private static final int PACKET_ID_MAX = 65_535;
    private static final Reply USUAL = new Reply(ReplyType.PUBACK, 1, List.of(ReasonCode.SUCCESS), null, List.of());

    /** For subclasses. */
    protected ReplyInterceptorContractTest() {}

    /** {@return packets of some types, with each reason that they may carry, bare and with all that fits} */
    static List<Reply> replies(ReplyType... types) {
        List<Reply> replies = new ArrayList<>();
        for (ReplyType type : types) {
            int packetId = packetId(type);
            List<ReasonCode> reasons =
                    Arrays.stream(ReasonCode.values()).filter(type::carries).toList();
            for (ReasonCode reason : reasons) {
                replies.add(new Reply(type, packetId, List.of(reason), null, List.of()));
            }
            boolean several = type == ReplyType.SUBACK || type == ReplyType.UNSUBACK;
            List<ReasonCode> many =
                    several ? reasons : reasons.stream().limit(1).toList();
            replies.add(new Reply(
                    type, packetId, many, text(type), type == ReplyType.PINGRESP ? List.of() : Given.PROPERTIES));
        }
        return replies;
    }

    private static int packetId(ReplyType type) {
        return switch (type) {
            case CONNACK, PINGRESP, DISCONNECT -> 0;
            case PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK -> PACKET_ID_MAX;
        };
    }

    private static @Nullable String text(ReplyType type) {
        return type == ReplyType.PINGRESP ? null : Given.LONGEST;
    }

    private Reply intercept(Client client, Reply reply) {
        Reply answer = started.context().hook(ReplyInterceptor.class).intercept(client, reply);
        assertThat(answer).as("answer").isNotNull();
        assertThat(answer.type()).as("type").isEqualTo(reply.type());
        assertThat(answer.packetId()).as("packet id").isEqualTo(reply.packetId());
        reply.withReasons(answer.reasons()); // throws, if what was done would be told otherwise
        return answer;
    }

    @Override
    final void ask() {
        started.context().hook(ReplyInterceptor.class).intercept(Given.ANN, USUAL);
    }

    @Override
    final List<?> answers() {
        List<Object> answers = new ArrayList<>();
        replies(ReplyType.values()).forEach(reply -> answers.add(intercept(Given.ANN, reply)));
        Given.clients().forEach(client -> answers.add(intercept(client, USUAL)));
        return answers;
    }
}
