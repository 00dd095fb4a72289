// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.TopicFilter;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Operation;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the program wants to be asked and told. Until its first hello that is everything that the configuration offers,
 * so that what fails closed is closed from the beginning; afterwards what it has said last, also while it is away.
 *
 * @param name of the program, for the log
 * @param hooks that it wants
 * @param authorizeFilters empty for all
 * @param publishFilters empty for all
 * @param events their kinds
 */
record Wants(
        String name,
        Set<HookKind> hooks,
        List<TopicFilter> authorizeFilters,
        List<TopicFilter> publishFilters,
        Set<Wire.Event.EventCase> events) {

    /** {@return what is assumed of a program that has not said anything} */
    static Wants everything(Collection<HookKind> offered) {
        return new Wants("", EnumSet.copyOf(offered), List.of(), List.of(), Set.of());
    }

    /**
     * {@return what a hello says}
     *
     * @throws IllegalArgumentException if it asks for what is not there, or not offered
     */
    static Wants of(Wire.ProgramHello hello, Collection<HookKind> offered) {
        Set<HookKind> hooks = EnumSet.noneOf(HookKind.class);
        for (Wire.Hook wanted : hello.getHooksList()) {
            hooks.add(offered.stream()
                    .filter(kind -> kind.wire() == wanted)
                    .findFirst()
                    .orElseThrow(() -> Checks.wrong(
                            "hello: hook", wanted.name(), "one of the configuration's hooks: " + offered)));
        }
        return new Wants(
                hello.getName(),
                hooks,
                filters(hello.getAuthorizeTopicFiltersList()),
                filters(hello.getPublishTopicFiltersList()),
                kinds(hello.getEventKindsList()));
    }

    private static List<TopicFilter> filters(List<String> texts) {
        return texts.stream().map(TopicFilter::of).toList();
    }

    private static Set<Wire.Event.EventCase> kinds(List<Wire.EventKind> wanted) {
        Set<Wire.Event.EventCase> kinds = EnumSet.noneOf(Wire.Event.EventCase.class);
        for (Wire.EventKind kind : wanted.isEmpty() ? List.of(Wire.EventKind.values()) : wanted) {
            switch (kind) {
                case EVENT_KIND_CLIENT_CONNECTED -> kinds.add(Wire.Event.EventCase.CLIENT_CONNECTED);
                case EVENT_KIND_CLIENT_REFUSED -> kinds.add(Wire.Event.EventCase.CLIENT_REFUSED);
                case EVENT_KIND_CLIENT_DISCONNECTED -> kinds.add(Wire.Event.EventCase.CLIENT_DISCONNECTED);
                case EVENT_KIND_SESSION_CREATED -> kinds.add(Wire.Event.EventCase.SESSION_CREATED);
                case EVENT_KIND_SESSION_ENDED -> kinds.add(Wire.Event.EventCase.SESSION_ENDED);
                case EVENT_KIND_MESSAGE_DROPPED -> kinds.add(Wire.Event.EventCase.MESSAGE_DROPPED);
                case EVENT_KIND_SESSION_RESUMED -> kinds.add(Wire.Event.EventCase.SESSION_RESUMED);
                case EVENT_KIND_CLIENT_SUBSCRIBED -> kinds.add(Wire.Event.EventCase.CLIENT_SUBSCRIBED);
                case EVENT_KIND_CLIENT_UNSUBSCRIBED -> kinds.add(Wire.Event.EventCase.CLIENT_UNSUBSCRIBED);
                case EVENT_KIND_UNSPECIFIED, UNRECOGNIZED -> {
                    if (!wanted.isEmpty()) {
                        throw Checks.wrong("hello: event kind", kind.name(), "one of the protocol");
                    }
                }
            }
        }
        return kinds;
    }

    boolean hook(HookKind kind) {
        return hooks.contains(kind);
    }

    boolean operation(Operation operation) {
        if (!hook(HookKind.AUTHORIZE)) {
            return false;
        }
        if (authorizeFilters.isEmpty()) {
            return true;
        }
        if (operation.action() == Action.PUBLISH) {
            return matchesAny(authorizeFilters, operation.topic());
        }
        TopicFilter subscribed = TopicFilter.of(operation.topic());
        return authorizeFilters.stream().anyMatch(filter -> filter.overlaps(subscribed));
    }

    boolean publish(String topic) {
        return hook(HookKind.PUBLISH) && (publishFilters.isEmpty() || matchesAny(publishFilters, topic));
    }

    private static boolean matchesAny(List<TopicFilter> filters, String topic) {
        for (TopicFilter filter : filters) { // no stream: once per message
            if (filter.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
