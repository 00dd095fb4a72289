// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import com.fasterxml.jackson.jr.ob.JSON;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON, in the shape of CloudEvents 1.0. The data is what the record of the event has, component by
 * component, so that new kinds of events need nothing here. What is null is left out.
 */
final class EventJson {

    private EventJson() {}

    /** {@return the name of its record} */
    static String kind(Event event) {
        return event.getClass().getSimpleName();
    }

    static byte[] of(Event event, String id, String source, Instant time) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("specversion", "1.0");
        json.put("id", id);
        json.put("source", source);
        json.put("type", "io.skep." + kind(event));
        json.put("time", time.toString());
        Object data = value(event);
        if (data != null) {
            json.put("data", data);
        }
        try {
            return JSON.std.asBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is written but memory
        }
    }

    private static @Nullable Object value(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Number) {
            return value;
        }
        if (value instanceof Record record) {
            return record(record);
        }
        if (value instanceof Enum<?> constant) {
            return constant(constant);
        }
        if (value instanceof Collection<?> collection) {
            List<Object> list = new ArrayList<>();
            collection.forEach(element -> list.add(value(element)));
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> object = new LinkedHashMap<>();
            map.forEach((key, element) -> object.put(String.valueOf(key), value(element)));
            return object;
        }
        return text(value);
    }

    private static Map<String, Object> record(Record record) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(read(component, record));
            if (value != null) {
                object.put(key(component.getName()), value);
            }
        }
        return object;
    }

    private static @Nullable Object read(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("component: " + component + " (expected: readable)", e);
        }
    }

    /** As in the configuration, and in what auth-http says: words with dashes. */
    private static String key(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Object constant(Enum<?> constant) {
        if (constant instanceof Qos qos) {
            return qos.ordinal();
        }
        if (constant instanceof ProtocolVersion version) {
            return version.name().substring(1).replace('_', '.');
        }
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String text(Object value) {
        if (value instanceof InetSocketAddress address) {
            return address.getHostString() + ":" + address.getPort();
        }
        if (value instanceof X509Certificate certificate) {
            return certificate.getSubjectX500Principal().getName();
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return Base64.getEncoder().encodeToString(bytes);
        }
        return value.toString();
    }
}
