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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the clauses that tests name with the catalogues in {@code clauses/}. */
class CatalogueTest {

    private static final Map<String, String> FILES =
            Map.of("3.1.1", "mqtt-3.1.1.tsv", "5.0", "mqtt-5.0.tsv", "extra", "mqtt-unnumbered.tsv");

    /** A row of a catalogue. */
    private record Clause(boolean bindsServer, boolean testable, String requirement) {

        boolean isDue() {
            return bindsServer && testable;
        }

        String state(boolean tested) {
            if (tested) {
                return "covered";
            }
            if (isDue()) {
                return "**uncovered**";
            }
            return bindsServer
                    ? "not testable: cannot be seen or provoked from outside"
                    : "not testable: binds clients";
        }
    }

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

    @ParameterizedTest
    @ValueSource(strings = {"3.1.1", "5.0", "extra"})
    void everyTestableClauseThatBindsAServerHasATest(String version) throws Exception {
        Map<String, Clause> rows = catalogue(version);
        assertThat(rows).hasSizeGreaterThan(50);
        Set<String> tested = named().getOrDefault(version, Set.of());
        List<String> uncovered = rows.entrySet().stream()
                .filter(row -> row.getValue().isDue() && !tested.contains(row.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(uncovered).isEmpty();
    }

    /** The report is for people: {@code target/clauses.md}. */
    @AfterAll
    static void report() throws Exception {
        StringBuilder report = new StringBuilder("# Clauses of the MQTT standards, and whether a test proves them\n");
        for (String version : new TreeSet<>(FILES.keySet())) {
            Set<String> tested = named().getOrDefault(version, Set.of());
            Map<String, Clause> rows = catalogue(version);
            long due = rows.values().stream().filter(Clause::isDue).count();
            long covered = rows.entrySet().stream()
                    .filter(row -> row.getValue().isDue() && tested.contains(row.getKey()))
                    .count();
            report.append("\n## %s: %d of %d\n\n".formatted(version, covered, due));
            report.append("| clause | state | requirement |\n|---|---|---|\n");
            rows.forEach((id, clause) -> report.append(
                    "| %s | %s | %s |\n".formatted(id, clause.state(tested.contains(id)), clause.requirement())));
        }
        Files.writeString(Path.of("target", "clauses.md"), report);
    }

    private static Map<String, Clause> catalogue(String version) throws IOException {
        String name = "/clauses/" + FILES.get(version);
        Map<String, Clause> rows = new LinkedHashMap<>();
        try (InputStream file = Objects.requireNonNull(CatalogueTest.class.getResourceAsStream(name), name);
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, UTF_8))) {
            lines.lines().skip(1).forEach(line -> {
                List<String> columns = List.of(line.split("\t", -1));
                boolean server = !columns.get(1).equals("client");
                rows.put(columns.get(0), new Clause(server, columns.get(3).equals("yes"), columns.get(4)));
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
