// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the program has answered, as the broker understands it. What it does not understand is a failure of the call.
 */
final class Answers {

    private static final int QOS_MAX = 2;
    private static final int REASON_MAX = 0xFF;

    private Answers() {}

    static Decision login(Wire.Answer answer) {
        return switch (answer.getAnswerCase()) {
            case ALLOW -> Decision.allow(permissions(answer.getAllow()));
            case DENY -> deny(answer.getDeny(), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            case NEXT -> Decision.next();
            case CHANGE, DROP, CHALLENGE, ANSWER_NOT_SET -> throw wrong(answer, "allow, deny or next, to a login");
        };
    }

    static AuthAnswer authentication(Wire.Answer answer) {
        return switch (answer.getAnswerCase()) {
            case CHALLENGE -> AuthAnswer.goOn(answer.getChallenge().getData().toByteArray());
            case ALLOW -> {
                Wire.Allow allow = answer.getAllow();
                yield allow.hasData()
                        ? AuthAnswer.allow(permissions(allow), allow.getData().toByteArray())
                        : AuthAnswer.allow(permissions(allow));
            }
            case DENY -> {
                Wire.Deny deny = answer.getDeny();
                yield new AuthAnswer.Deny(
                        reason(deny, ReasonCode.NOT_AUTHORIZED), deny.getText(), serverReference(deny));
            }
            case NEXT -> AuthAnswer.next();
            case CHANGE, DROP, ANSWER_NOT_SET ->
                throw wrong(answer, "challenge, allow, deny or next, to an authentication");
        };
    }

    static Decision operation(Wire.Answer answer) {
        return switch (answer.getAnswerCase()) {
            case ALLOW -> Decision.allow();
            case DENY -> deny(answer.getDeny(), ReasonCode.NOT_AUTHORIZED);
            case NEXT -> Decision.next();
            case CHANGE, DROP, CHALLENGE, ANSWER_NOT_SET -> throw wrong(answer, "allow, deny or next, to an operation");
        };
    }

    static PublishAnswer publish(Wire.Answer answer, Publish publish) {
        return switch (answer.getAnswerCase()) {
            case NEXT -> PublishAnswer.pass();
            case CHANGE -> PublishAnswer.change(changed(answer.getChange(), publish));
            case DROP -> PublishAnswer.drop();
            case DENY ->
                PublishAnswer.deny(
                        reason(answer.getDeny(), ReasonCode.NOT_AUTHORIZED),
                        answer.getDeny().getText());
            case ALLOW, CHALLENGE, ANSWER_NOT_SET -> throw wrong(answer, "next, change, drop or deny, to a publish");
        };
    }

    static <T> Interception<T> request(Wire.Answer answer, Function<Wire.Change, T> changed) {
        return switch (answer.getAnswerCase()) {
            case NEXT -> Interception.pass();
            case CHANGE -> Interception.change(changed.apply(answer.getChange()));
            case DENY ->
                Interception.deny(
                        reason(answer.getDeny(), ReasonCode.NOT_AUTHORIZED),
                        answer.getDeny().getText());
            case ALLOW, DROP, CHALLENGE, ANSWER_NOT_SET -> throw wrong(answer, "next, change or deny, to a request");
        };
    }

    private static Permissions permissions(Wire.Allow allow) {
        if (allow.getEverything()) {
            return Permissions.ALL;
        }
        if (allow.getPermissionsCount() == 0) {
            throw new Unanswered("answer: allow with nothing (expected: permissions, or everything)");
        }
        return new Permissions(
                allow.getPermissionsList().stream().map(Answers::permission).toList());
    }

    private static Permission permission(Wire.Permission wire) {
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (Wire.Action action : wire.getActionsList()) {
            switch (action) {
                case ACTION_PUBLISH -> actions.add(Action.PUBLISH);
                case ACTION_SUBSCRIBE -> actions.add(Action.SUBSCRIBE);
                case ACTION_UNSPECIFIED, UNRECOGNIZED ->
                    throw new Unanswered("answer: action: " + action.name() + " (expected: publish or subscribe)");
            }
        }
        return new Permission(
                wire.getDeny() ? Effect.DENY : Effect.ALLOW,
                actions.isEmpty() ? EnumSet.allOf(Action.class) : actions,
                wire.getTopicFilter(),
                wire.hasQosMax() ? qos(wire.getQosMax()) : Qos.EXACTLY_ONCE,
                !wire.hasRetain() || wire.getRetain());
    }

    private static Decision deny(Wire.Deny deny, ReasonCode otherwise) {
        return new Decision.Deny(reason(deny, otherwise), deny.getText(), serverReference(deny));
    }

    private static @Nullable String serverReference(Wire.Deny deny) {
        return deny.hasServerReference() ? deny.getServerReference() : null;
    }

    private static ReasonCode reason(Wire.Deny deny, ReasonCode otherwise) {
        int code = deny.getReasonCode();
        if (code == 0) {
            return otherwise;
        }
        ReasonCode reason = code < 0 || code > REASON_MAX ? null : ReasonCode.of(code);
        if (reason == null) {
            throw new Unanswered(
                    "answer: reason code: " + Integer.toUnsignedString(code) + " (expected: one of MQTT 5.0)");
        }
        return reason;
    }

    private static Publish changed(Wire.Change change, Publish publish) {
        Publish changed = publish;
        if (change.hasTopic()) {
            changed = changed.withTopic(change.getTopic());
        }
        if (change.hasPayload()) {
            changed = changed.withPayload(change.getPayload().asReadOnlyByteBuffer());
        }
        if (change.hasQos()) {
            changed = changed.withQos(qos(change.getQos()));
        }
        if (change.hasRetain()) {
            changed = changed.withRetain(change.getRetain());
        }
        if (change.hasUserProperties()) {
            changed = changed.withUserProperties(userProperties(change));
        }
        return changed;
    }

    static List<UserProperty> userProperties(Wire.Change change) {
        return change.getUserProperties().getPropertiesList().stream()
                .map(property -> new UserProperty(property.getName(), property.getValue()))
                .toList();
    }

    static Qos qos(int value) {
        if (value < 0 || value > QOS_MAX) {
            throw new Unanswered("answer: qos: " + Integer.toUnsignedString(value) + " (expected: 0, 1 or 2)");
        }
        return Qos.of(value);
    }

    private static Unanswered wrong(Wire.Answer answer, String expected) {
        return new Unanswered("answer: " + answer.getAnswerCase() + " (expected: " + expected + ")");
    }
}
