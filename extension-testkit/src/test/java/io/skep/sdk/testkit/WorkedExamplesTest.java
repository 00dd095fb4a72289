// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The extensions that the documentation shows, as its readers would compile and start them. */
class WorkedExamplesTest {

    private static final List<Path> DOCUMENTS = List.of(Path.of("../README.md"), Path.of("../docs/extensions.md"));
    private static final Pattern PROGRAM = Pattern.compile("```java\n(import .*?)```", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("public final class (\\w+) implements Extension");

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @TempDir
    Path folder;

    static Stream<Example> examples() throws IOException {
        Stream.Builder<Example> found = Stream.builder();
        for (Path document : DOCUMENTS) {
            PROGRAM.matcher(Files.readString(document))
                    .results()
                    .forEach(program -> NAME.matcher(program.group(1))
                            .results()
                            .forEach(name -> found.add(new Example(name.group(1), program.group(1)))));
        }
        return found.build();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleCompilesWithoutAWarningAndStarts(Example example) throws Exception {
        Path source = Files.writeString(folder.resolve(example.name() + ".java"), example.program());
        int errors = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--release",
                        "17",
                        "-proc:none",
                        "-Xlint:all,-path",
                        "-Werror",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());
        assertThat(errors).isZero();
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Object extension =
                    classes.loadClass(example.name()).getConstructor().newInstance();
            broker.extension("example", (Extension) extension);
            broker.stop();
        }
    }

    @Test
    void thereAreAtLeastFiveBesideTheFirst() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(5).extracting(Example::name).doesNotHaveDuplicates();
    }

    record Example(String name, String program) {

        @Override
        public String toString() {
            return name;
        }
    }
}
