// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.codec.Topics;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Topic;
import io.skep.broker.session.Lane;
import io.skep.sdk.service.Listing;
import io.skep.sdk.service.Published;
import io.skep.sdk.service.RetainedMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The retained messages. Reading them needs no loop. */
final class ExtensionRetained implements RetainedMessages {

    private static final int PAGE_BYTES_MAX = 4 << 20;

    private final String extension;
    private final Calls calls;

    ExtensionRetained(String extension, Calls calls) {
        this.extension = extension;
        this.calls = calls;
    }

    @Override
    public CompletionStage<Optional<io.skep.sdk.service.Message>> find(String topic) {
        return calls.ask(core -> {
            Message message = core.router().retained().get(topic.getBytes(UTF_8));
            return CompletableFuture.completedFuture(
                    message == null || message.isExpired(System.currentTimeMillis())
                            ? Optional.empty()
                            : Optional.of(Messages.shown(message)));
        });
    }

    @Override
    public Listing<io.skep.sdk.service.Message> matching(String filter) {
        byte[] bytes = filter.getBytes(UTF_8);
        return new Pages<>(calls) {

            private byte @Nullable [] last;

            @Override
            CompletableFuture<List<io.skep.sdk.service.Message>> page(Core core, int most) {
                Topics.checkFilter(bytes);
                List<io.skep.sdk.service.Message> page = new ArrayList<>();
                long[] size = {0};
                core.router().retained().match(bytes, last, System.currentTimeMillis(), message -> {
                    page.add(Messages.shown(message));
                    last = message.topic();
                    size[0] += message.bytes();
                    return page.size() < most && size[0] < PAGE_BYTES_MAX;
                });
                return CompletableFuture.completedFuture(page);
            }
        };
    }

    @Override
    public CompletionStage<Boolean> set(io.skep.sdk.service.Message message) {
        if (!message.payload().hasRemaining()) {
            throw new IllegalArgumentException("payload: empty (expected: some bytes; remove takes a message away)");
        }
        return keep(message);
    }

    @Override
    public CompletionStage<Boolean> remove(String topic) {
        return keep(io.skep.sdk.service.Message.of(topic, new byte[0]));
    }

    /** Changes what is kept of a topic, and tells nobody; answers whether there was something. */
    private CompletionStage<Boolean> keep(io.skep.sdk.service.Message message) {
        return calls.ask(core -> {
            Message kept = Messages.kept(message.withRetain(true), core.mqtt());
            Topics.checkName(kept.topic());
            Lane lane = core.sessions().laneOf(extension);
            CompletableFuture<Published> result = new CompletableFuture<>();
            Message[] former = {null};
            lane.loop().execute(() -> {
                former[0] = core.router().retained().get(kept.topic());
                Sending sending = new Sending(lane, result);
                Publication publication = lane.inbound().begin(Topic.of(kept.topic()), kept, null, sending);
                core.router().retain(publication);
                sending.routed(publication, 0);
            });
            return result.thenApply(published -> former[0] != null);
        });
    }
}
