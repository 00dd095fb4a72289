// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.PublishView;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Topic;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A will that is due, on its way: extensions look at it, what they change is authorized as it was at CONNECT, and what
 * is left is published. Whatever comes of it, it leaves the disk in the same write. Lives on the lane's loop.
 */
final class LeftWill {

    private final Lane lane;
    private final SessionRegistry registry;
    private final Will will;
    private final @Nullable Session publisher;
    private final @Nullable Testator testator;

    /**
     * A will that is due.
     *
     * @param publisher whose it is, for No Local; null if its session is gone
     * @param testator whose it is; null if its connection ended with an earlier run of the broker
     */
    LeftWill(Lane lane, SessionRegistry registry, Will will, @Nullable Session publisher, @Nullable Testator testator) {
        this.lane = lane;
        this.registry = registry;
        this.will = will;
        this.publisher = publisher;
        this.testator = testator;
    }

    void publish() {
        Message message = will.publishedAt(System.currentTimeMillis());
        if (!lane.hooks().interceptsPublish()) {
            route(message);
            return;
        }
        Client who = testator == null ? known(will.clientId()) : testator.client();
        lane.hooks().intercept(who, PublishView.ofWill(message), lane.loop(), answer -> {
            if (answer instanceof PublishAnswer.Change change) {
                authorize(PublishView.messageOf(change.publish()));
            } else if (answer == PublishAnswer.pass()) {
                route(message);
            } else if (answer == PublishAnswer.drop()) {
                forget();
            } else {
                refuse();
            }
        });
    }

    private static Client known(String clientId) {
        InetSocketAddress nowhere = new InetSocketAddress(0);
        return new Client(clientId, null, nowhere, ProtocolVersion.V5_0, "", List.of());
    }

    /** What its client might publish is not stored: of that what was not allowed at CONNECT is refused afterwards. */
    private void authorize(Message changed) {
        if (isAllowed(changed)) {
            route(changed);
        } else if (testator == null || Topic.isReserved(changed.topic())) {
            refuse();
        } else {
            String topic = Topic.of(changed.topic()).text();
            Operation publish = new Operation(Action.PUBLISH, topic, Qos.of(changed.qos()), changed.retain());
            testator.ask(publish, lane.loop(), decision -> {
                if (decision instanceof Decision.Deny) {
                    refuse();
                } else {
                    route(changed);
                }
            });
        }
    }

    /** Returns whether it says no more than what was authorized at CONNECT. */
    private boolean isAllowed(Message changed) {
        Message asked = will.message();
        return Arrays.equals(changed.topic(), asked.topic())
                && changed.qos() == asked.qos()
                && changed.retain() == asked.retain();
    }

    private void route(Message message) {
        Publication publication = new Publication(lane.loop());
        publication.begin(Topic.of(message.topic()), message, publisher, lane);
        Receipt receipt = publication.receipt();
        if (receipt != null) {
            receipt.expect();
            receipt.add(deletion());
            registry.router().publish(publication);
            receipt.routed();
        }
        publication.release();
    }

    private void refuse() {
        registry.metrics().increment(Metric.DROPPED_NOT_AUTHORIZED);
        forget();
    }

    private void forget() {
        Receipt receipt = new Receipt(lane.loop(), lane);
        receipt.expect();
        receipt.add(deletion());
        receipt.routed();
    }

    private Receipt.Part deletion() {
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                batch.delete(Keyspace.WILLS, will.key());
            }

            @Override
            protected Executor loop() {
                return lane.loop();
            }
        };
    }
}
