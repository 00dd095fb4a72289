// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.Topics;
import io.skep.broker.json.JsonObject;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.MessageRecord;
import io.skep.broker.session.Inbound;
import io.skep.broker.session.QueuedMessage;
import io.skep.broker.session.SessionAttribute;
import io.skep.broker.session.SessionRecord;
import io.skep.broker.session.SubscriptionRecord;
import io.skep.broker.session.Will;
import io.skep.broker.storage.DataFormat;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what a {@link DataExport} has written into an empty storage. Sessions get new numbers. */
final class DataImport {

    private static final int BATCH_LINES_MAX = 4096;
    private static final int BATCH_CHARS_MAX = 4 << 20;
    private static final int PACKET_ID_MAX = 65_535;
    private static final int IDENTIFIER_MAX = 268_435_455;

    private final Storage storage;
    private final Map<String, Long> sessions = new HashMap<>();
    private WriteBatch batch;
    private long lastNumber;
    private int batchLines;
    private int batchChars;

    DataImport(Storage storage) {
        this.storage = storage;
        batch = storage.batch();
    }

    /**
     * {@return how many lines were read}
     *
     * @throws StorageException naming the first line that is wrong
     */
    long run(BufferedReader in) throws IOException {
        long lines = 0;
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            lines++;
            try {
                JsonObject line = JsonObject.parse(text);
                if (lines == 1) {
                    checkHead(line);
                } else {
                    add(line);
                }
            } catch (IllegalArgumentException | MqttException e) {
                throw new StorageException("line " + lines + ": " + e.getMessage(), e);
            }
            batchLines++;
            batchChars += text.length();
            if (batchLines >= BATCH_LINES_MAX || batchChars >= BATCH_CHARS_MAX) {
                commit();
            }
        }
        if (lines == 0) {
            throw new StorageException("line 1: absent (expected: what 'skep data export' writes)", null);
        }
        commit();
        return lines;
    }

    private static void checkHead(JsonObject line) {
        if (!line.text("type").equals("skep-data")) {
            throw JsonObject.wrong("type", line.text("type"), "skep-data, as 'skep data export' writes it");
        }
        line.number("format", 1, DataExport.FORMAT);
    }

    private void add(JsonObject line) {
        switch (line.text("type")) {
            case "session" -> session(line);
            case "subscription" -> subscription(line);
            case "queued" -> queued(line);
            case "inbound" -> Inbound.put(batch, owner(line), (int) line.number("packetId", 1, PACKET_ID_MAX));
            case "retained" -> {
                Message message = MessageJson.read(line.object("message"));
                batch.put(Keyspace.RETAINED, message.topic(), MessageRecord.write(message));
            }
            case "will" -> will(line);
            case "attribute" ->
                batch.put(
                        Keyspace.EXTENSIONS,
                        new SessionAttribute(owner(line), line.text("extension"), line.text("name")).key(),
                        line.bytes("value"));
            case "extension" -> extension(line);
            default ->
                throw JsonObject.wrong(
                        "type",
                        line.text("type"),
                        "session, subscription, queued, inbound, attribute, retained, will or extension");
        }
    }

    private void extension(JsonObject line) {
        byte[] key = line.bytes("key");
        if (key.length == 0 || SessionAttribute.is(key)) {
            throw JsonObject.wrong(
                    "key", line.text("key"), "one of an extension; what belongs to a session: attribute");
        }
        batch.put(Keyspace.EXTENSIONS, key, line.bytes("value"));
    }

    private void session(JsonObject line) {
        String clientId = line.text("clientId");
        if (clientId.isEmpty() || sessions.putIfAbsent(clientId, ++lastNumber) != null) {
            throw JsonObject.wrong("clientId", "'" + clientId + "'", "one that no other session has");
        }
        long sentBefore = line.has("sentBefore") ? line.number("sentBefore", 0, Long.MAX_VALUE) : 0;
        SessionRecord record = new SessionRecord(
                lastNumber, MessageJson.seconds(line, "expirySeconds"), MessageJson.time(line, "endedAt"), sentBefore);
        batch.put(Keyspace.SESSIONS, SessionRecord.key(clientId), record.write());
    }

    private void subscription(JsonObject line) {
        byte[] filter = line.text("filter").getBytes(UTF_8);
        Topics.checkFilter(filter);
        int flags = (int) line.number("qos", 0, 2);
        flags |= isSet(line, "noLocal") ? 4 : 0;
        flags |= isSet(line, "retainAsPublished") ? 8 : 0;
        int identifier = line.has("identifier") ? (int) line.number("identifier", 1, IDENTIFIER_MAX) : 0;
        new SubscriptionRecord(owner(line), filter, flags, identifier).put(batch);
    }

    private void queued(JsonObject line) {
        boolean released = isSet(line, "released");
        Message message = released ? null : MessageJson.read(line.object("message"));
        new QueuedMessage(
                        owner(line),
                        line.number("position", 0, Long.MAX_VALUE),
                        (int) line.number("qos", 1, 2),
                        isSet(line, "retain"),
                        identifiers(line),
                        line.has("sharedFilter") ? line.text("sharedFilter").getBytes(UTF_8) : null,
                        message)
                .put(batch);
    }

    private static int @Nullable [] identifiers(JsonObject line) {
        return line.has("identifiers")
                ? line.list("identifiers", Number.class).stream()
                        .mapToInt(Number::intValue)
                        .toArray()
                : null;
    }

    private void will(JsonObject line) {
        Will will = new Will(
                ++lastNumber,
                line.text("clientId"),
                MessageJson.read(line.object("message")),
                line.has("expirySeconds") ? MessageJson.seconds(line, "expirySeconds") : -1,
                MessageJson.seconds(line, "delaySeconds"),
                MessageJson.time(line, "dueAt"));
        batch.put(Keyspace.WILLS, will.key(), will.write());
    }

    private long owner(JsonObject line) {
        String clientId = line.text("clientId");
        Long number = sessions.get(clientId);
        if (number == null) {
            throw JsonObject.wrong("clientId", "'" + clientId + "'", "that of a session in a line before");
        }
        return number;
    }

    private static boolean isSet(JsonObject line, String name) {
        return line.has(name) && line.flag(name);
    }

    private void commit() {
        DataFormat.commit(storage, batch);
        batch = storage.batch();
        batchLines = 0;
        batchChars = 0;
    }
}
