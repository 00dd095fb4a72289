// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration cannot be used; says everything that is wrong with it, a line each. */
public final class ConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** {@return all mistakes: those of the file in its order, then those of the environment and the command line} */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
