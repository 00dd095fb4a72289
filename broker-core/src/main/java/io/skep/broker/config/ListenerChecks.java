// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.broker.config.Node.Mapping;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What concerns several listeners at once, or the files beside them. Works on what is written, before there are
 * records, so that one listener's mistake does not hide another's.
 */
final class ListenerChecks {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    private final Path home;
    private final List<ConfigProblem> problems;
    private final Map<String, String> pathsByName = new HashMap<>();
    private final List<Bound> bound = new ArrayList<>();

    /** An address and port that a listener before this one takes. */
    private record Bound(String address, String port, String path) {

        boolean isInTheWayOf(Bound other) {
            boolean all = WILDCARDS.contains(address) || WILDCARDS.contains(other.address);
            return port.equals(other.port) && (all || address.equals(other.address));
        }
    }

    ListenerChecks(Path home, List<ConfigProblem> problems) {
        this.home = home;
        this.problems = problems;
    }

    void check(Mapping root) {
        if (!(root.get("listeners") instanceof Node.Sequence listeners)) {
            return;
        }
        int index = 0;
        for (Node item : listeners.items()) {
            if (item instanceof Mapping listener) {
                check(listener, "listeners[" + index + "]");
            }
            index++;
        }
    }

    private void check(Mapping listener, String path) {
        ListenerConfig.Type type = completeByType(listener);
        name(listener, path);
        port(listener, path);
        if (type != null && !type.isWebSocket() && listener.get("path") != null) {
            report(listener, "path", path, "only with type ws or wss");
        }
        if (listener.get("tls") instanceof Mapping tls) {
            for (String key : List.of("certificate", "key", "keystore", "trust")) {
                file(tls, key, path + ".tls");
            }
        }
    }

    /** A listener's name and port follow from its type, if they are not written. */
    private static ListenerConfig.@Nullable Type completeByType(Mapping listener) {
        String written = listener.text("type");
        for (ListenerConfig.Type type : ListenerConfig.Type.values()) {
            if (Scalars.text(type).equals(written == null ? Scalars.text(ListenerConfig.Type.TCP) : written)) {
                complete(listener, "name", Scalars.text(type));
                complete(listener, "port", Integer.toString(type.defaultPort()));
                return type;
            }
        }
        return null;
    }

    private static void complete(Mapping listener, String key, String value) {
        if (listener.get(key) == null) {
            listener.put(key, new Node.Scalar(value, listener.origin()));
        }
    }

    private void name(Mapping listener, String path) {
        String name = listener.text("name");
        String first = name == null ? null : pathsByName.putIfAbsent(name, path);
        if (first != null) {
            report(listener, "name", path, "another than that of " + first);
        }
    }

    private void port(Mapping listener, String path) {
        String address = listener.text("address");
        String port = listener.text("port");
        if (port == null || port.equals("0")) {
            return;
        }
        var wanted = new Bound(address == null ? ListenerConfig.DEFAULT.address() : address, port, path);
        bound.stream()
                .filter(wanted::isInTheWayOf)
                .findFirst()
                .ifPresent(first -> report(listener, "port", path, "another than that of " + first.path()));
        bound.add(wanted);
    }

    private void file(Mapping tls, String key, String path) {
        String text = tls.text(key);
        try {
            if (text != null && !Files.isReadable(home.resolve(text))) {
                report(tls, key, path, "a file that can be read, relative to " + home);
            }
        } catch (InvalidPathException e) {
            // binding reports what is no path
        }
    }

    private void report(Mapping mapping, String key, String path, String expected) {
        Node node = mapping.get(key);
        if (node != null) {
            problems.add(new ConfigProblem(node.origin(), path + "." + key, node.found(), expected));
        }
    }
}
