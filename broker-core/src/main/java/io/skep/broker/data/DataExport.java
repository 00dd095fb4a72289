// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.json.JsonObject;
import io.skep.broker.routing.MessageRecord;
import io.skep.broker.session.Inbound;
import io.skep.broker.session.QueuedMessage;
import io.skep.broker.session.ReleasedRows;
import io.skep.broker.session.SessionAttribute;
import io.skep.broker.session.SessionRecord;
import io.skep.broker.session.SubscriptionRecord;
import io.skep.broker.session.Will;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All data as JSON Lines: the first says what it is, then each session is followed by what belongs to it, then come
 * retained messages, wills, and what extensions keep. There are no numbers in it that mean something only within one
 * storage, so two exports can be compared, and an edited one imported.
 */
final class DataExport {

    static final int FORMAT = 1;

    private final Storage storage;
    private final Writer out;
    private long lines;

    DataExport(Storage storage, Writer out) {
        this.storage = storage;
        this.out = out;
    }

    /** {@return how many lines were written} */
    long run() throws IOException {
        write(line("skep-data").put("format", FORMAT));
        Rows.all(storage, Keyspace.SESSIONS, this::session);
        Rows.all(
                storage,
                Keyspace.RETAINED,
                (key, value) -> write(line("retained").put("message", MessageJson.write(MessageRecord.read(value)))));
        Rows.all(storage, Keyspace.WILLS, (key, value) -> will(Will.read(key, value)));
        Rows.all(storage, Keyspace.EXTENSIONS, (key, value) -> {
            if (!SessionAttribute.is(key)) { // those come with their session
                write(line("extension").putBytes("key", key).putBytes("value", value));
            }
        });
        out.flush();
        return lines;
    }

    private void session(byte[] key, byte[] value) throws IOException {
        SessionRecord record = SessionRecord.read(value);
        String clientId = SessionRecord.clientId(key);
        write(line("session")
                .put("clientId", clientId)
                .put("expirySeconds", record.expirySeconds())
                .put("endedAt", MessageJson.time(record.endedAtMillis()))
                .put("sentBefore", record.sentBefore() == 0 ? null : record.sentBefore()));
        byte[] from = SessionRecord.prefix(record.number());
        byte[] to = SessionRecord.prefix(record.number() + 1);
        Rows.range(
                storage,
                Keyspace.SUBSCRIPTIONS,
                from,
                to,
                (each, stored) -> subscription(clientId, SubscriptionRecord.read(each, stored)));
        ReleasedRows released = new ReleasedRows();
        Rows.range(
                storage,
                Keyspace.QUEUE,
                from,
                to,
                (each, stored) -> queued(clientId, QueuedMessage.read(each, released.value(each, stored), storage)));
        Rows.range(
                storage,
                Keyspace.INBOUND,
                from,
                to,
                (each, stored) ->
                        write(line("inbound").put("clientId", clientId).put("packetId", Inbound.id(each))));
        attributes(clientId, record.number());
    }

    private void attributes(String clientId, long session) throws IOException {
        Rows.range(
                storage,
                Keyspace.EXTENSIONS,
                SessionAttribute.prefix(session),
                SessionAttribute.prefix(session + 1),
                (key, value) -> {
                    SessionAttribute attribute = SessionAttribute.read(key);
                    write(line("attribute")
                            .put("clientId", clientId)
                            .put("extension", attribute.extension())
                            .put("name", attribute.name())
                            .putBytes("value", value));
                });
    }

    private void subscription(String clientId, SubscriptionRecord record) throws IOException {
        write(line("subscription")
                .put("clientId", clientId)
                .put("filter", new String(record.filter(), UTF_8))
                .put("qos", record.flags() & 3)
                .put("noLocal", flag((record.flags() & 4) != 0))
                .put("retainAsPublished", flag((record.flags() & 8) != 0))
                .put("identifier", record.identifier() == 0 ? null : record.identifier()));
    }

    private void queued(String clientId, QueuedMessage queued) throws IOException {
        JsonObject line = line("queued")
                .put("clientId", clientId)
                .put("position", queued.position())
                .put("qos", queued.qos());
        if (queued.message() == null) {
            line.put("released", true);
        } else {
            int[] identifiers = queued.identifiers();
            line.put("retain", flag(queued.retain()))
                    .put(
                            "identifiers",
                            identifiers == null
                                    ? null
                                    : Arrays.stream(identifiers).boxed().toList())
                    .put(
                            "sharedFilter",
                            queued.sharedFilter() == null ? null : new String(queued.sharedFilter(), UTF_8))
                    .put("message", MessageJson.write(queued.message()));
        }
        write(line);
    }

    private void will(Will will) throws IOException {
        write(line("will")
                .put("clientId", will.clientId())
                .put("expirySeconds", will.expirySeconds() < 0 ? null : will.expirySeconds())
                .put("delaySeconds", will.delaySeconds())
                .put("dueAt", MessageJson.time(will.dueAtMillis()))
                .put("message", MessageJson.write(will.message())));
    }

    private static JsonObject line(String type) {
        return new JsonObject().put("type", type);
    }

    private static @Nullable Boolean flag(boolean set) {
        return set ? true : null;
    }

    private void write(JsonObject line) throws IOException {
        out.write(line.toString());
        out.write('\n');
        lines++;
    }
}
