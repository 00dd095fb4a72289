// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Normative;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the clauses that tests name with the catalogues in {@code clauses/}. */
class CatalogueTest {

    private static final Map<String, String> FILES =
            Map.of("3.1.1", "mqtt-3.1.1.tsv", "5.0", "mqtt-5.0.tsv", "extra", "mqtt-unnumbered.tsv");

    /** A row of a catalogue. */
    private record Clause(boolean bindsServer, boolean testable) {}

    @Test
    void everyClauseThatATestNamesExists() throws Exception {
        Set<String> unknown = new TreeSet<>();
        for (Map.Entry<String, Set<String>> version : named().entrySet()) {
            assertThat(FILES).as("versions").containsKey(version.getKey());
            Set<String> ids = new TreeSet<>(version.getValue());
            ids.removeAll(catalogue(version.getKey()).keySet());
            ids.forEach(id -> unknown.add(version.getKey() + " " + id));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyTestableClauseOfMqtt311HasATest() throws Exception {
        Set<String> uncovered = new TreeSet<>();
        catalogue("3.1.1").forEach((id, clause) -> {
            if (clause.bindsServer() && clause.testable()) {
                uncovered.add(id);
            }
        });
        assertThat(uncovered).hasSizeGreaterThan(100);
        uncovered.removeAll(named().getOrDefault("3.1.1", Set.of()));
        assertThat(uncovered).isEmpty();
    }

    private static Map<String, Clause> catalogue(String version) throws IOException {
        String name = "/clauses/" + FILES.get(version);
        Map<String, Clause> rows = new LinkedHashMap<>();
        try (InputStream file = Objects.requireNonNull(CatalogueTest.class.getResourceAsStream(name), name);
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, UTF_8))) {
            lines.lines().skip(1).forEach(line -> {
                List<String> columns = List.of(line.split("\t", -1));
                boolean server = !columns.get(1).equals("client");
                rows.put(columns.get(0), new Clause(server, columns.get(3).equals("yes")));
            });
        }
        return rows;
    }

    /** {@return the ids that tests name, by version} */
    private static Map<String, Set<String>> named() throws Exception {
        Map<String, Set<String>> named = new LinkedHashMap<>();
        for (Class<?> test : classes()) {
            for (Method method : test.getDeclaredMethods()) {
                for (Normative normative : method.getAnnotationsByType(Normative.class)) {
                    named.computeIfAbsent(normative.version(), version -> new TreeSet<>())
                            .addAll(List.of(normative.value()));
                }
            }
        }
        return named;
    }

    private static List<Class<?>> classes() throws Exception {
        Path root = Path.of(CatalogueTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), ".");
                if (!name.endsWith("package-info.class")) {
                    classes.add(Class.forName(name.substring(0, name.length() - ".class".length())));
                }
            }
        }
        return classes;
    }
}
