// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import com.fasterxml.jackson.jr.ob.JSON;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permission.Effect;
import io.skep.sdk.auth.Permissions;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server says. An answer of another shape than this is a failure, and an unknown key is one: it may be a limit
 * that somebody has misspelt.
 *
 * @param decision what it comes to
 * @param cacheFor how long it holds for equal questions; zero if it does not say
 */
record Answer(Decision decision, Duration cacheFor) {

    private static final Set<String> KEYS = Set.of("result", "permissions", "reason", "cache-seconds");
    private static final Set<String> PERMISSION_KEYS = Set.of("topic", "actions", "effect", "qos-max", "retain");
    private static final JSON PARSER = JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);
    private static final int REASON_LENGTH_MAX = 1_000;
    private static final int CACHE_SECONDS_MAX = 86_400;

    /** What is asked about. */
    enum Subject {
        /** A login, whose permissions an authorizer looks at, too. */
        LOGIN,
        /** A login, whose answer has to say what the client may do. */
        LOGIN_WITH_PERMISSIONS,
        /** A publish or a subscription. */
        OPERATION
    }

    /**
     * {@return the answer}
     *
     * @throws IllegalArgumentException if it is of another shape
     */
    static Answer parse(byte[] body, Subject subject) {
        Map<String, Object> answer = object(body);
        known(answer, KEYS);
        Integer seconds = number(answer, "cache-seconds", CACHE_SECONDS_MAX);
        Duration cacheFor = Duration.ofSeconds(seconds == null ? 0 : seconds);
        Object result = answer.get("result");
        if ("allow".equals(result)) {
            return new Answer(allow(answer.get("permissions"), subject), cacheFor);
        }
        if (answer.containsKey("permissions")) {
            throw wrong("permissions", "with result " + result, "with allow alone");
        }
        if ("deny".equals(result)) {
            return new Answer(deny(answer, subject), cacheFor);
        }
        if ("next".equals(result)) {
            return new Answer(Decision.next(), cacheFor);
        }
        throw wrong("result", result, "allow, deny or next");
    }

    private static Map<String, Object> object(byte[] body) {
        try {
            return Objects.requireNonNull(PARSER.mapFrom(body));
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("answer: not readable (expected: an object in JSON)", e);
        }
    }

    private static Decision allow(@Nullable Object permissions, Subject subject) {
        if (permissions == null && subject != Subject.LOGIN_WITH_PERMISSIONS) {
            return Decision.allow();
        }
        if (subject == Subject.OPERATION || !(permissions instanceof List<?> list)) {
            throw wrong("permissions", permissions, "a list in the answer to a login, optional with authorize-url");
        }
        return Decision.allow(
                new Permissions(list.stream().map(Answer::permission).toList()));
    }

    private static Decision deny(Map<String, Object> answer, Subject subject) {
        Object reason = answer.get("reason");
        if (reason == null) {
            return Decision.deny();
        }
        if (!(reason instanceof String text)
                || text.length() > REASON_LENGTH_MAX
                || text.codePoints().anyMatch(Answer::isUnfit)) {
            throw wrong("reason", "unfit", "a text of up to " + REASON_LENGTH_MAX + ", without control characters");
        }
        ReasonCode code =
                subject == Subject.OPERATION ? ReasonCode.NOT_AUTHORIZED : ReasonCode.BAD_USER_NAME_OR_PASSWORD;
        return Decision.deny(code, text);
    }

    private static boolean isUnfit(int codePoint) {
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
    }

    private static Permission permission(@Nullable Object item) {
        if (!(item instanceof Map<?, ?> permission)) {
            throw wrong("permissions", item, "objects");
        }
        known(permission, PERMISSION_KEYS);
        if (!(permission.get("topic") instanceof String topic)) {
            throw wrong("topic", permission.get("topic"), "a text");
        }
        Object effect = permission.get("effect");
        Object retain = permission.get("retain");
        if (retain != null && !(retain instanceof Boolean)) {
            throw wrong("retain", retain, "true or false");
        }
        Integer qos = number(permission, "qos-max", 2);
        return new Permission(
                effect == null ? Effect.ALLOW : constant(Effect.class, "effect", effect),
                actions(permission.get("actions")),
                topic,
                qos == null ? Qos.EXACTLY_ONCE : Qos.of(qos),
                !Boolean.FALSE.equals(retain));
    }

    private static Set<Action> actions(@Nullable Object value) {
        if (value == null) {
            return EnumSet.allOf(Action.class);
        }
        if (!(value instanceof List<?> names) || names.isEmpty()) {
            throw wrong("actions", value, "a list with publish, subscribe or both");
        }
        Set<Action> actions = EnumSet.noneOf(Action.class);
        names.forEach(name -> actions.add(constant(Action.class, "actions", name)));
        return actions;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String key, @Nullable Object name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        throw wrong(key, name, "in lower case, one of " + List.of(type.getEnumConstants()));
    }

    private static @Nullable Integer number(Map<?, ?> object, String key, int max) {
        Object value = object.get(key);
        if (value == null || (value instanceof Integer number && number >= 0 && number <= max)) {
            return (Integer) value;
        }
        throw wrong(key, value, "0 to " + max);
    }

    private static void known(Map<?, ?> object, Set<String> keys) {
        for (Object key : object.keySet()) {
            if (!keys.contains(key)) {
                throw wrong(
                        String.valueOf(key),
                        "unknown key",
                        "one of " + keys.stream().sorted().toList());
            }
        }
    }

    private static IllegalArgumentException wrong(String key, @Nullable Object found, String expected) {
        return new IllegalArgumentException("answer: " + key + ": " + found + " (expected: " + expected + ")");
    }
}
