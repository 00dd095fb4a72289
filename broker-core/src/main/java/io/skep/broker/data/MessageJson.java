// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.codec.Topics;
import io.skep.broker.json.JsonObject;
import io.skep.broker.routing.Message;
import io.skep.sdk.UserProperty;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message in JSON: payload in Base64, properties by name. */
final class MessageJson {

    private static final long FOUR_BYTES_MAX = 0xFFFF_FFFFL;

    private MessageJson() {}

    static JsonObject write(Message message) {
        return new JsonObject()
                .put("topic", new String(message.topic(), UTF_8))
                .put("qos", message.qos())
                .put("retain", message.retain() ? true : null)
                .put("expiresAt", time(message.expiresAtMillis()))
                .put("properties", properties(Properties.of(message.properties())))
                .putBytes("payload", message.payload());
    }

    static Message read(JsonObject json) {
        byte[] topic = json.text("topic").getBytes(UTF_8);
        Topics.checkName(topic);
        byte[] properties = json.has("properties") ? properties(json.object("properties")) : null;
        boolean retain = json.has("retain") && json.flag("retain");
        return new Message(
                topic,
                json.bytes("payload"),
                properties,
                (int) json.number("qos", 0, 2),
                retain,
                time(json, "expiresAt"));
    }

    private static @Nullable JsonObject properties(Properties properties) {
        if (properties.isEmpty()) {
            return null;
        }
        List<List<String>> users = properties.userProperties().stream()
                .map(each -> List.of(each.name(), each.value()))
                .toList();
        return new JsonObject()
                .put("payloadFormat", properties.payloadFormat() < 0 ? null : properties.payloadFormat())
                .put("contentType", properties.contentType())
                .put("responseTopic", properties.responseTopic())
                .putBytes("correlationData", properties.correlationData())
                .put("userProperties", users.isEmpty() ? null : users);
    }

    private static byte[] properties(JsonObject json) {
        PropertiesBuilder builder = Properties.builder();
        if (json.has("payloadFormat")) {
            builder.payloadFormat((int) json.number("payloadFormat", 0, 1));
        }
        if (json.has("contentType")) {
            builder.contentType(json.text("contentType"));
        }
        if (json.has("responseTopic")) {
            builder.responseTopic(json.text("responseTopic"));
        }
        if (json.has("correlationData")) {
            builder.correlationData(json.bytes("correlationData"));
        }
        if (json.has("userProperties")) {
            builder.userProperties(json.list("userProperties", List.class).stream()
                    .map(MessageJson::userProperty)
                    .toList());
        }
        return builder.build().encoded();
    }

    private static UserProperty userProperty(List<?> pair) {
        if (pair.size() != 2 || !(pair.get(0) instanceof String name) || !(pair.get(1) instanceof String value)) {
            throw JsonObject.wrong("userProperties", pair, "pairs of texts");
        }
        return new UserProperty(name, value);
    }

    /** {@return a time that people can read; null for 0, which is none} */
    static @Nullable String time(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
    }

    static long time(JsonObject json, String name) {
        if (!json.has(name)) {
            return 0;
        }
        try {
            return Instant.parse(json.text(name)).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw JsonObject.wrong(name, json.text(name), "a time such as 2030-01-31T12:00:00Z");
        }
    }

    static long seconds(JsonObject json, String name) {
        return json.number(name, 0, FOUR_BYTES_MAX);
    }
}
