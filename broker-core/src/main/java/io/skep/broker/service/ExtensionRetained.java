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
    public CompletionStage<Boolean> remove(String topic) {
        io.skep.sdk.service.Message empty =
                io.skep.sdk.service.Message.of(topic, new byte[0]).withRetain(true);
        return calls.ask(core -> {
            Message nothing = Messages.kept(empty, core.mqtt());
            Topics.checkName(nothing.topic());
            Lane lane = core.sessions().laneOf(extension);
            CompletableFuture<Published> result = new CompletableFuture<>();
            Message[] removed = {null};
            lane.loop().execute(() -> {
                removed[0] = core.router().retained().get(nothing.topic());
                Sending sending = new Sending(lane, result);
                Publication publication = lane.inbound().begin(Topic.of(nothing.topic()), nothing, null, sending);
                core.router().retain(publication);
                sending.routed(publication, 0);
            });
            return result.thenApply(published -> removed[0] != null);
        });
    }
}
