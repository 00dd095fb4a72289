// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.broker.config.ConfigProblem.Origin;
import io.skep.broker.config.Node.Mapping;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of nodes. A key is a component's name with dashes; a component may be a value (see {@link Scalars}), a
 * record, a list or a map.
 *
 * <p>A component without a key takes its value from the record's {@code DEFAULT} constant. A record without such a
 * constant gets null, 0, false or an empty list or map instead, and its compact constructor puts in what it likes. What
 * a constructor refuses becomes a problem at the line of the key.
 */
public final class ConfigBinder {

    private final List<ConfigProblem> problems;

    ConfigBinder(List<ConfigProblem> problems) {
        this.problems = problems;
    }

    /**
     * Binds a file, with the environment's variables in its values, to a record.
     *
     * @param file in YAML; if there is none, it counts as empty
     * @param type of the record; read by reflection, so it may be private
     * @param <T> the record
     * @return the record
     * @throws ConfigException naming every mistake
     */
    public static <T extends Record> T bind(Path file, Class<T> type) {
        return bind(file, type, System.getenv());
    }

    static <T extends Record> T bind(Path file, Class<T> type, Map<String, String> environment) {
        var problems = new ArrayList<ConfigProblem>();
        Mapping root = Files.exists(file)
                ? new YamlReader(environment, problems).read(file)
                : new Mapping(new LinkedHashMap<>(), new Origin(file.toString(), 0, 0));
        return new ConfigBinder(problems).root(type, root);
    }

    <T extends Record> T root(Class<T> type, Mapping root) {
        Object bound = record(type, root, "", constant(type));
        if (bound == null || !problems.isEmpty()) {
            problems.sort(ConfigProblem.READING_ORDER);
            throw new ConfigException(problems);
        }
        return type.cast(bound);
    }

    private @Nullable Object record(Class<?> type, Mapping mapping, String path, @Nullable Object defaults) {
        RecordComponent[] components = type.getRecordComponents();
        reportUnknown(mapping, Stream.of(components).map(Keys::key).toList(), path);
        @Nullable Object[] values = new @Nullable Object[components.length];
        var failed = new HashSet<String>();
        for (int i = 0; i < components.length; i++) {
            String key = Keys.key(components[i]);
            Object fallback = fallback(components[i], defaults);
            Node node = mapping.get(key);
            if (node == null || (node instanceof Node.Nothing && fallback instanceof Record)) {
                values[i] = fallback;
                continue;
            }
            Object value = value(components[i].getGenericType(), node, join(path, key), fallback);
            values[i] = value == null ? fallback : value;
            if (value == null) {
                failed.add(key);
            }
        }
        // with a default in the place of what failed the constructor can still judge the rest
        boolean judge = failed.isEmpty() || defaults != null;
        return judge ? construct(type, components, values, new Place(mapping, path, failed)) : null;
    }

    private void reportUnknown(Mapping mapping, List<String> known, String path) {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                String expected = "one of " + String.join(", ", known) + Suggestion.hint(key, known);
                problems.add(new ConfigProblem(entry.key(), join(path, key), "unknown key", expected));
            }
        });
    }

    /** {@return the typed value of a node, or null after reporting why there is none} */
    private @Nullable Object value(Type type, Node node, String path, @Nullable Object fallback) {
        if (node instanceof Node.Faulty) {
            return null;
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            return list(generic.getActualTypeArguments()[0], node, path);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            return map(generic.getActualTypeArguments()[1], node, path);
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalArgumentException(path + ": " + type + " (expected: a value, record, list or map)");
        }
        if (plain.isRecord()) {
            return node instanceof Mapping mapping
                    ? record(plain, mapping, path, fallback == null ? constant(plain) : fallback)
                    : report(node, path, "a group of keys");
        }
        return scalar(plain, node, path);
    }

    private @Nullable Object scalar(Class<?> type, Node node, String path) {
        String key = path.substring(path.lastIndexOf('.') + 1);
        String text = node instanceof Node.Scalar scalar ? scalar.text() : null;
        try {
            return text == null ? report(node, path, "a value") : Scalars.read(type, key, text);
        } catch (Scalars.Unfit e) {
            return report(node, path, e.expected());
        }
    }

    private @Nullable Object list(Type element, Node node, String path) {
        List<Node> items;
        if (node instanceof Node.Sequence sequence) {
            items = sequence.items();
        } else if (node instanceof Node.Scalar scalar && scalar.origin().line() == 0) {
            items = split(scalar); // environment variables and arguments have no other way to write a list
        } else {
            return report(node, path, "a list");
        }
        var values = new ArrayList<Object>();
        for (Node item : items) {
            Object value = value(element, item, path + "[" + values.size() + "]", null);
            if (value == null) {
                values.add(item); // only keeps the index: a list with a mistake is not used
            } else {
                values.add(value);
            }
        }
        return values.stream().anyMatch(Node.class::isInstance) ? null : List.copyOf(values);
    }

    private static List<Node> split(Node.Scalar scalar) {
        return Stream.of(scalar.text().split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(text -> (Node) new Node.Scalar(text, scalar.origin()))
                .toList();
    }

    private @Nullable Object map(Type element, Node node, String path) {
        if (!(node instanceof Mapping mapping)) {
            return report(node, path, "a group of keys");
        }
        var values = new LinkedHashMap<String, Object>();
        mapping.entries().forEach((key, entry) -> {
            Object value = value(element, entry.value(), join(path, key), null);
            if (value != null) {
                values.put(key, value);
            }
        });
        return values.size() == mapping.entries().size() ? Collections.unmodifiableMap(values) : null;
    }

    private @Nullable Object construct(
            Class<?> type, RecordComponent[] components, @Nullable Object[] values, Place place) {
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ConfigException refusal) {
                refusal.problems().stream()
                        .filter(problem -> !place.failed().contains(problem.path()))
                        .forEach(problem -> problems.add(place.of(problem)));
            } else {
                problems.add(place.of(
                        String.valueOf(e.getCause() == null ? e : e.getCause().getMessage())));
            }
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("constructor of " + type.getName() + ": " + e, e);
        }
    }

    /** Where a record is written, and for which of its keys a problem is known already. */
    private record Place(Mapping mapping, String path, Set<String> failed) {

        /** {@return what a constructor said of one key, at the place of this key} */
        ConfigProblem of(ConfigProblem problem) {
            Node node = mapping.get(problem.path());
            return new ConfigProblem(
                    node == null ? mapping.origin() : node.origin(),
                    join(path, problem.path()),
                    node == null ? problem.found() : node.found(),
                    problem.expected());
        }

        /** {@return what an extension's constructor said, at the place of the key that its sentence begins with} */
        ConfigProblem of(String message) {
            int colon = message.indexOf(": ");
            Node node = colon < 0 ? null : mapping.get(message.substring(0, colon));
            return node == null
                    ? new ConfigProblem(mapping.origin(), path, message, "")
                    : new ConfigProblem(
                            node.origin(), join(path, message.substring(0, colon)), message.substring(colon + 2), "");
        }
    }

    private @Nullable Object report(Node node, String path, String expected) {
        problems.add(new ConfigProblem(node.origin(), path, node.found(), expected));
        return null;
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** {@return what a component is without a key} */
    private static @Nullable Object fallback(RecordComponent component, @Nullable Object defaults) {
        Class<?> type = component.getType();
        if (defaults != null) {
            return read(component, defaults);
        }
        if (type.isRecord()) {
            return constant(type);
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
    }

    private static @Nullable Object read(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("default of " + component.getName() + ": " + e, e);
        }
    }

    /** {@return the record's {@code DEFAULT}, or null} */
    private static @Nullable Object constant(Class<?> type) {
        return Stream.of(type.getDeclaredFields())
                .filter(field -> field.getName().equals("DEFAULT") && field.getType() == type)
                .findFirst()
                .map(field -> {
                    try {
                        field.setAccessible(true);
                        return field.get(null);
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalArgumentException("DEFAULT of " + type.getName() + ": " + e, e);
                    }
                })
                .orElse(null);
    }
}
