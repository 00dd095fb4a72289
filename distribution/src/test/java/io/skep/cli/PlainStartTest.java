// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PlainStartTest {

    private final Surroundings surroundings = new Surroundings(
            Path.of(""),
            Map.of(),
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            new Thread());

    @Test
    void whatIsPlainIsUnderstoodAsTheLibraryUnderstandsIt() {
        for (List<String> options : List.of(
                List.<String>of(),
                List.of("--port", "1884"),
                List.of("--port", "99999"),
                List.of("--config", "a b/skep.yaml", "--data", "/var/lib/skep"),
                List.of("--set", "a=1", "--port", "0", "--set", "b=--x", "--set", "c"))) {
            ConfigOptions read = Objects.requireNonNull(read(options)).options;
            var expected = new ConfigOptions();
            new CommandLine(expected).parseArgs(options.toArray(String[]::new));
            assertThat(read).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    @Test
    void allElseIsLeftToTheLibrary() {
        for (List<String> options : List.of(
                List.of("--help"),
                List.of("--help", "me"),
                List.of("--port"),
                List.of("--port=1884"),
                List.of("--port", "x"),
                List.of("--port", "000001884"),
                List.of("--port", "1", "--port", "2"),
                List.of("--data", "a", "--data", "b"),
                List.of("--config", "a", "--config", "b"),
                List.of("--config", "--data"),
                List.of("--config", ""),
                List.of("--config", "@file"),
                List.of("--data", "\"a\""),
                List.of("--prt", "1"),
                List.of("1884"))) {
            assertThat(read(options)).as("%s", options).isNull();
        }
        assertThat(PlainStart.read(surroundings, List.of())).isNull();
        assertThat(PlainStart.read(surroundings, List.of("check"))).isNull();
    }

    private @Nullable Start read(List<String> options) {
        var arguments = new ArrayList<>(List.of("start"));
        arguments.addAll(options);
        return PlainStart.read(surroundings, arguments);
    }
}
