// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.PublishView;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.Topic;
import io.skep.broker.session.Lane;
import io.skep.broker.session.Session;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.service.Published;
import io.skep.sdk.service.Published.Outcome;
import io.skep.sdk.service.Publisher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Publishes for one extension: always on the same loop, so that its messages keep their order, with that loop's memory
 * of topics, as a connection does.
 */
final class ExtensionPublisher implements Publisher {

    private static final int AS_PUBLISHED = 8; // Retain As Published

    private final String extension;
    private final Calls calls;
    private final Client self;

    ExtensionPublisher(String extension, Calls calls) {
        this.extension = extension;
        this.calls = calls;
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        self = new Client(extension, null, nowhere, ProtocolVersion.V5_0, "", List.of());
    }

    @Override
    public CompletionStage<Published> publish(io.skep.sdk.service.Message message) {
        return send(message, work -> work.route(work.message));
    }

    @Override
    public CompletionStage<Published> publishIntercepted(io.skep.sdk.service.Message message) {
        return send(message, Work::intercept);
    }

    @Override
    public CompletionStage<Published> publishTo(String clientId, io.skep.sdk.service.Message message) {
        return send(message, work -> work.deliver(clientId));
    }

    private CompletionStage<Published> send(io.skep.sdk.service.Message message, Consumer<Work> way) {
        return calls.ask(core -> {
            Work work = new Work(core, Messages.kept(message, core.mqtt()));
            work.run(() -> way.accept(work));
            return work.result;
        });
    }

    /** One message; on the extension's loop. */
    private final class Work {

        private final Core core;
        private final Message message;
        private final Lane lane;
        private final CompletableFuture<Published> result = new CompletableFuture<>();
        private final Sending sending;

        Work(Core core, Message message) {
            this.core = core;
            this.message = message;
            lane = core.sessions().laneOf(extension);
            sending = new Sending(lane, result);
        }

        void run(Runnable step) {
            lane.loop().execute(() -> guarded(step));
        }

        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        void route(Message routed) {
            Topic topic = lane.topics().get(routed.topic());
            int recipients = core.router().recipients(topic);
            Publication publication = lane.inbound().begin(topic, routed, null, sending);
            core.router().publish(publication);
            sending.routed(publication, recipients);
        }

        void intercept() {
            core.hooks().intercept(self, PublishView.of(message), lane.loop(), answer -> guarded(() -> go(answer)));
        }

        private void go(PublishAnswer answer) {
            if (answer instanceof PublishAnswer.Change change) {
                route(PublishView.messageOf(change.publish()));
            } else if (answer instanceof PublishAnswer.Deny) {
                sending.end(Outcome.DENIED);
            } else if (answer == PublishAnswer.drop()) {
                sending.end(Outcome.DROPPED);
            } else {
                route(message);
            }
        }

        void deliver(String clientId) {
            Session session = core.sessions().get(clientId);
            if (session == null || (message.qos() == 0 && !session.isConnected())) {
                sending.end(Outcome.DELIVERED);
                return;
            }
            Topic topic = lane.topics().get(message.topic());
            Publication publication = lane.inbound().begin(topic, message, null, sending);
            session.deliver(publication, new Subscription(session, topic.name(), message.qos() | AS_PUBLISHED, 0));
            sending.routed(publication, 1);
        }
    }
}
