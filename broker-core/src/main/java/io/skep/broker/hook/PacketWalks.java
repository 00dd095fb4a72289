// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.DisconnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.UnsubscribeRequest;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.Publish;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How each packet is shown to its chain; {@link HookChains} says what the answers mean. */
final class PacketWalks {

    private PacketWalks() {}

    static void connect(
            Chains chains, ConnectRequest connect, Loop loop, Consumer<? super Interception<ConnectRequest>> done) {
        new RequestWalk<>(
                        chains.of(HookKind.CONNECT),
                        connect,
                        (hook, request) -> hook.call().intercept(request),
                        ReasonCode.SERVER_UNAVAILABLE,
                        loop,
                        done)
                .run();
    }

    static void subscribe(
            Chains chains,
            Client client,
            SubscribeRequest subscribe,
            Loop loop,
            Consumer<? super Interception<SubscribeRequest>> done) {
        new RequestWalk<>(
                        chains.of(HookKind.SUBSCRIBE),
                        subscribe,
                        (hook, request) -> hook.isForAnyOf(request.matchedFilter())
                                ? hook.call().intercept(client, request)
                                : Interception.pass(),
                        ReasonCode.UNSPECIFIED_ERROR,
                        loop,
                        done)
                .run();
    }

    static void unsubscribe(
            Chains chains,
            Client client,
            UnsubscribeRequest unsubscribe,
            Loop loop,
            Consumer<? super Interception<UnsubscribeRequest>> done) {
        new RequestWalk<>(
                        chains.of(HookKind.UNSUBSCRIBE),
                        unsubscribe,
                        (hook, request) -> hook.isForAnyOf(request.matchedFilter())
                                ? hook.call().intercept(client, request)
                                : Interception.pass(),
                        ReasonCode.UNSPECIFIED_ERROR,
                        loop,
                        done)
                .run();
    }

    static @Nullable Publish deliver(Chains chains, Client recipient, Publish publish, Loop loop) {
        return Quick.walk(
                chains.of(HookKind.DELIVERY),
                loop,
                publish,
                (hook, message) -> hook.isFor(message.topic())
                        ? left(message, hook.call().intercept(recipient, message))
                        : message,
                (message, fallback) -> fallback == Fallback.DENY ? null : message);
    }

    private static @Nullable Publish left(Publish publish, DeliveryAnswer answer) {
        if (answer instanceof DeliveryAnswer.Change change) {
            return change.publish();
        }
        return Objects.requireNonNull(answer, "answer") == DeliveryAnswer.drop() ? null : publish;
    }

    static Reply reply(Chains chains, Client client, Reply reply, Loop loop) {
        Reply left = Quick.walk(
                chains.of(HookKind.REPLY),
                loop,
                reply,
                (hook, packet) -> {
                    Reply next = Objects.requireNonNull(hook.call().intercept(client, packet), "reply");
                    return packet.withReasons(next.reasons()) // whatever it made up: of this packet only these change
                            .withReasonString(next.reasonString())
                            .withUserProperties(next.userProperties());
                },
                (packet, fallback) -> packet);
        return left == null ? reply : left;
    }

    static void acknowledged(Chains chains, Client client, Reply ack, Loop loop) {
        Quick.walk(
                chains.of(HookKind.ACK),
                loop,
                ack,
                (hook, packet) -> {
                    hook.call().received(client, packet);
                    return packet;
                },
                (packet, fallback) -> packet);
    }

    static DisconnectRequest disconnect(Chains chains, Client client, DisconnectRequest request, Loop loop) {
        DisconnectRequest left = Quick.walk(
                chains.of(HookKind.DISCONNECT),
                loop,
                request,
                (hook, packet) -> Objects.requireNonNull(hook.call().intercept(client, packet), "request"),
                (packet, fallback) -> packet);
        return left == null ? request : left;
    }
}
