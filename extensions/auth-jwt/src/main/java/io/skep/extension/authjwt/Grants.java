// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token allows: first the rules of the configuration, then those of its claims, whose topics are taken as they
 * are. A claim of a wrong shape lets nobody in.
 */
record Grants(List<Rule> rules, ClaimsConfig claims) {

    private static final Set<String> KEYS = Set.of("topic", "actions", "effect", "qos-max", "retain");

    /**
     * {@return the permissions}
     *
     * @throws IllegalArgumentException saying what is wrong with them
     */
    Permissions of(Placeholders values) {
        List<Permission> granted = new ArrayList<>();
        for (Rule rule : rules) {
            granted.add(rule.permission(values.fillTopic(rule.topic())));
        }
        for (Object item : list(values, claims.permissions())) {
            granted.add(permission(item));
        }
        for (Object topic : list(values, claims.publish())) {
            granted.add(Permission.allow(text("topic", topic), Action.PUBLISH));
        }
        for (Object topic : list(values, claims.subscribe())) {
            granted.add(Permission.allow(text("topic", topic), Action.SUBSCRIBE));
        }
        return new Permissions(granted);
    }

    private static List<?> list(Placeholders values, @Nullable String claim) {
        Object value = claim == null ? null : values.claims().get(claim);
        if (value == null) {
            return List.of();
        }
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong("claim " + claim, value, "a list");
    }

    private static Permission permission(@Nullable Object item) {
        if (!(item instanceof Map<?, ?> object) || !KEYS.containsAll(object.keySet())) {
            throw wrong(
                    "permission",
                    item,
                    "an object with some of " + KEYS.stream().sorted().toList());
        }
        String topic = text("topic", object.get("topic"));
        Rule rule = new Rule(
                "#", actions(object.get("actions")), effect(object), qos(object.get("qos-max")), retain(object));
        return rule.permission(topic);
    }

    private static List<Action> actions(@Nullable Object value) {
        if (value == null) {
            return List.of(Action.values());
        }
        List<?> names = value instanceof List<?> list ? list : List.of(value);
        if (names.isEmpty()) {
            throw wrong("actions", value, "publish, subscribe, or nothing for both");
        }
        return names.stream()
                .map(name -> constant(Action.class, "actions", name))
                .toList();
    }

    private static Effect effect(Map<?, ?> object) {
        Object value = object.get("effect");
        return value == null ? Effect.ALLOW : constant(Effect.class, "effect", value);
    }

    private static @Nullable Integer qos(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        for (Integer qos : List.of(0, 1, 2)) {
            if (value instanceof Long number && number.equals(qos.longValue())) { // as the parser makes them
                return qos;
            }
        }
        throw wrong("qos-max", value, "0, 1 or 2");
    }

    private static @Nullable Boolean retain(Map<?, ?> object) {
        Object value = object.get("retain");
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw wrong("retain", value, "true or false");
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String key, @Nullable Object name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        throw wrong(key, name, "in lower case, one of " + List.of(type.getEnumConstants()));
    }

    private static String text(String key, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, value, "a text");
    }

    private static IllegalArgumentException wrong(String key, @Nullable Object found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }
}
