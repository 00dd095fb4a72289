// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys that a record's file may have, and the other names they go by. */
final class Keys {

    private static final String INDEX = "([0-9]{1,2})";

    private Keys() {}

    /** {@return the key of a record component: {@code packetBytesMax} is written {@code packet-bytes-max}} */
    static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** {@return paths of all values, the elements of a list of records as in {@code listeners[].port}} */
    static List<String> of(Class<?> record) {
        return Stream.of(record.getRecordComponents())
                .flatMap(component -> paths(key(component), component.getGenericType()))
                .toList();
    }

    private static Stream<String> paths(String key, Type type) {
        if (type instanceof Class<?> nested && nested.isRecord()) {
            return of(nested).stream().map(path -> key + "." + path);
        }
        if (type instanceof ParameterizedType list
                && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] instanceof Class<?> element
                && element.isRecord()) {
            return of(element).stream().map(path -> key + "[]." + path);
        }
        return Stream.of(key);
    }

    /** {@return the environment variable of a path: {@code SKEP_LISTENERS_0_PORT}} */
    static String variable(String path) {
        return "SKEP_" + path.replace("[]", "_0").replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    /** {@return the path that an environment variable means, its indices filled in, or null} */
    static @Nullable String ofVariable(String variable, List<String> keys) {
        return keys.stream()
                .map(key -> fill(key, variable(key).replace("_0_", "_" + INDEX + "_"), variable))
                .filter(path -> !path.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** {@return the path as error messages write it, for one from the command line such as {@code listeners.0.port}} */
    static @Nullable String ofArgument(String argument, List<String> keys) {
        String pointed = argument.replaceAll("\\[([0-9]+)]", ".$1");
        return keys.stream()
                .map(key -> fill(key, Pattern.quote(key).replace("[]", "\\E\\." + INDEX + "\\Q"), pointed))
                .filter(path -> !path.isEmpty())
                .findFirst()
                .orElse(null);
    }

    private static String fill(String key, String pattern, String name) {
        Matcher matcher = Pattern.compile(pattern).matcher(name);
        if (!matcher.matches()) {
            return "";
        }
        return matcher.groupCount() == 0 ? key : key.replace("[]", "[" + Integer.parseInt(matcher.group(1)) + "]");
    }
}
