// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.broker.config.ConfigProblem.Origin;
import io.skep.broker.config.Node.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Puts what the environment and the command line say into the place of what the file says. */
final class Overrides {

    /** Read by {@code bin/skep} and the command line. */
    private static final Set<String> OWN = Set.of("SKEP_HOME", "SKEP_CACHE", "SKEP_CONFIG", "SKEP_JAVA_HOME");

    /** Container platforms describe each service so: nobody set them to configure the broker. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("SKEP_(.+_)?(SERVICE_(HOST|PORT.*)|PORT_[0-9]+_(TCP|UDP).*|PORT=(tcp|udp)://.*)");

    private static final Pattern STEP = Pattern.compile("[.\\[\\]]+");

    private final Mapping root;
    private final List<String> keys;
    private final List<ConfigProblem> problems;

    Overrides(Mapping root, List<String> keys, List<ConfigProblem> problems) {
        this.root = root;
        this.keys = keys;
        this.problems = problems;
    }

    void environment(Map<String, String> environment, Set<String> variablesUsed) {
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith("SKEP_") && !OWN.contains(name) && !variablesUsed.contains(name)) {
                environment(name, value);
            }
        });
    }

    private void environment(String name, String value) {
        var origin = new Origin(name, 0, 0);
        String path = Keys.ofVariable(name, keys);
        if (path != null) {
            put(path, new Node.Scalar(value, origin));
        } else if (!SERVICE_LINK.matcher(name).matches()
                && !SERVICE_LINK.matcher(name + "=" + value).matches()) {
            List<String> variables = keys.stream().map(Keys::variable).toList();
            String expected = "SKEP_ and a path of the configuration" + Suggestion.hint(name, variables);
            problems.add(new ConfigProblem(origin, "", "unknown variable", expected));
        }
    }

    void arguments(Map<String, String> arguments) {
        arguments.forEach((argument, value) -> {
            var origin = new Origin("--set", 0, 0);
            String path = Keys.ofArgument(argument, keys);
            if (path == null) {
                String expected = "a path of the configuration" + Suggestion.hint(argument, keys);
                problems.add(new ConfigProblem(origin, argument, "unknown key", expected));
            } else {
                put(path, new Node.Scalar(value, origin));
            }
        });
    }

    /** Walks the path and adds what is missing; stops at what has the wrong shape, which binding reports. */
    private void put(String path, Node value) {
        String[] steps = STEP.split(path, -1);
        Node node = root;
        for (int i = 0; i < steps.length - 1; i++) {
            boolean list = Character.isDigit(steps[i + 1].charAt(0));
            node = child(node, steps[i], list, value.origin());
        }
        if (node instanceof Mapping mapping) {
            mapping.put(steps[steps.length - 1], value);
        }
    }

    private static Node child(Node parent, String step, boolean list, Origin origin) {
        if (parent instanceof Mapping mapping) {
            if (mapping.get(step) == null || mapping.get(step) instanceof Node.Nothing) {
                mapping.put(step, list ? new Node.Sequence(new ArrayList<>(), origin) : emptyMapping(origin));
            }
            Node child = mapping.get(step);
            return child == null ? parent : child;
        }
        if (parent instanceof Node.Sequence sequence) {
            int index = Integer.parseInt(step);
            while (sequence.items().size() <= index) {
                sequence.items().add(emptyMapping(origin));
            }
            return sequence.items().get(index);
        }
        return parent;
    }

    private static Mapping emptyMapping(Origin origin) {
        return new Mapping(new LinkedHashMap<>(), origin);
    }
}
