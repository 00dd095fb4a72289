// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose members keep their order. Members are texts, whole numbers, flags, lists of these, and objects; a
 * member that is absent is not written. Getters refuse what is of another kind, naming the member.
 */
public final class JsonObject {

    private static final int DEPTH_MAX = 16;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // whatever encoding a terminal or a pipe has
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(Integer.MAX_VALUE) // a payload may be as large as a packet
                    .build())
            .build();

    private final Map<String, Object> members = new LinkedHashMap<>();

    /**
     * Reads an object.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static JsonObject parse(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("JSON: no object (expected: one, such as {\"name\":\"value\"})");
            }
            JsonObject object = object(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("JSON: more behind the object (expected: one object)");
            }
            return object;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("JSON: " + e.getOriginalMessage() + " (expected: one object)", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        JsonObject object = new JsonObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, value(parser));
        }
        return object;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default ->
                throw new IllegalArgumentException("JSON: " + parser.getText()
                        + " (expected: a text, a whole number, true, false, null, a list or an object)");
        };
    }

    private static List<Object> list(JsonParser parser) throws IOException {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Object element = value(parser);
            if (element != null) {
                list.add(element);
            }
        }
        return list;
    }

    /** Sets a member; null leaves it out, and what is of no other kind becomes a text. */
    public JsonObject put(String name, @Nullable Object value) {
        if (value == null) {
            members.remove(name);
        } else {
            members.put(name, isPlain(value) ? value : value.toString());
        }
        return this;
    }

    private static boolean isPlain(Object value) {
        return value instanceof Number
                || value instanceof Boolean
                || value instanceof List<?>
                || value instanceof JsonObject;
    }

    /** Sets a member to bytes, in Base64. */
    public JsonObject putBytes(String name, byte @Nullable [] value) {
        return put(name, value == null ? null : Base64.getEncoder().encodeToString(value));
    }

    public boolean has(String name) {
        return members.containsKey(name);
    }

    /** {@return the names of the members} */
    public List<String> names() {
        return List.copyOf(members.keySet());
    }

    public String text(String name) {
        return expect(name, get(name), String.class, "a text");
    }

    public long number(String name) {
        return expect(name, get(name), Number.class, "a whole number").longValue();
    }

    /** {@return a number that has to lie between two others, both included} */
    public long number(String name, long least, long most) {
        long number = number(name);
        if (number < least || number > most) {
            throw wrong(name, number, least + " to " + most);
        }
        return number;
    }

    public boolean flag(String name) {
        return expect(name, get(name), Boolean.class, "true or false");
    }

    public JsonObject object(String name) {
        return expect(name, get(name), JsonObject.class, "an object");
    }

    /** {@return the elements of a list that are of a kind} */
    public <T> List<T> list(String name, Class<T> kind) {
        List<T> elements = new ArrayList<>();
        for (Object element : expect(name, get(name), List.class, "a list")) {
            elements.add(expect(name, element, kind, "a list of them"));
        }
        return elements;
    }

    public byte[] bytes(String name) {
        String text = text(name);
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name, text, "Base64");
        }
    }

    private @Nullable Object get(String name) {
        return members.get(name);
    }

    private static <T> T expect(String name, @Nullable Object value, Class<T> kind, String expected) {
        if (!kind.isInstance(value)) {
            throw wrong(name, value == null ? "absent" : value, expected);
        }
        return kind.cast(value);
    }

    /** {@return a refusal of a member's value} */
    public static IllegalArgumentException wrong(String name, Object value, String expected) {
        String shown = value.toString();
        return new IllegalArgumentException(name + ": " + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown)
                + " (expected: " + expected + ")");
    }

    /** {@return the object in JSON, on one line} */
    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(JsonGenerator generator) throws IOException {
        generator.writeStartObject();
        for (Map.Entry<String, Object> member : members.entrySet()) {
            generator.writeFieldName(member.getKey());
            write(generator, member.getValue());
        }
        generator.writeEndObject();
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof JsonObject object) {
            object.write(generator);
        } else if (value instanceof List<?> list) {
            generator.writeStartArray();
            for (Object element : list) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof Number number) {
            generator.writeNumber(number.longValue());
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else {
            generator.writeString(value.toString());
        }
    }
}
