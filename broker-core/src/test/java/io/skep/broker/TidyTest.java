// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules about the text of the whole project that no other tool knows. */
class TidyTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CATALOGUES = PROJECT.resolve("conformance/src/test/resources/clauses");
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules");

    private static final int LINES_MAX = 500;
    private static final int MAIN_LINES_MAX = 320;

    /** Each is one idea that would not be easier to read in two files. */
    private static final Set<String> LONGER_THAN_USUAL = Set.of(
            "Connection.java",
            "Outbox.java",
            "Receipt.java",
            "Session.java",
            "StorageContractTest.java",
            "Tenancy.java");

    private static final Pattern CLAUSE = Pattern.compile("\\[((?:MQTT-|U[35]-)[^]]*)]");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)?)(?:[.#]\\w+)?`");
    private static final Pattern METRIC = Pattern.compile("^\\| `([A-Z0-9_]+)` \\|", Pattern.MULTILINE);

    private static final List<Path> FILES = new ArrayList<>();

    @BeforeAll
    static void collect() throws IOException {
        FILES.clear();
        Files.walkFileTree(PROJECT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean skipped = NOT_OURS.contains(name(folder));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                FILES.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(FILES).contains(PROJECT.resolve("README.md"), PROJECT.resolve("pom.xml"));
    }

    @Test
    void everyClauseInTheCodeIsOneOfTheStandards() {
        Set<String> clauses = clauses();
        List<String> unknown = new ArrayList<>();
        for (Path file : mainJava()) {
            CLAUSE.matcher(text(file))
                    .results()
                    .map(found -> found.group(1))
                    .filter(id -> !clauses.contains(id))
                    .forEach(id -> unknown.add(name(file) + ": " + id));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyPackageSaysWhereToStart() {
        assertThat(mainJava())
                .filteredOn(file -> name(file).equals("package-info.java"))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(text(file)).contains("Starting points"));
    }

    @Test
    void everyMetricIsInTheDocumentationAndNoOther() {
        Set<String> documented = METRIC.matcher(text(PROJECT.resolve("docs/metrics.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Metric.values()).map(Metric::name).toList());
    }

    @Test
    void noSourceFileIsTooLong() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : java()) {
            long lines = text(file).lines().count();
            boolean isMain = isMain(file) && !LONGER_THAN_USUAL.contains(name(file));
            if (lines > (isMain ? MAIN_LINES_MAX : LINES_MAX)) {
                tooLong.add(name(file) + ": " + lines);
            }
        }
        assertThat(tooLong).isEmpty();
    }

    /** ArchUnit sees synchronized methods, but no synchronized blocks. */
    @Test
    void noBlockIsSynchronized() {
        assertThat(mainJava())
                .filteredOn(file -> Pattern.compile("synchronized\\s*\\(")
                        .matcher(text(file))
                        .find())
                .isEmpty();
    }

    @Test
    void everyLinkInTheDocumentationLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path file : documents()) {
            LINK.matcher(text(file))
                    .results()
                    .map(found -> found.group(1))
                    .filter(target -> !target.startsWith("http"))
                    .filter(target -> !Files.exists(file.resolveSibling(target)))
                    .forEach(target -> broken.add(name(file) + ": " + target));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyClassThatTheArchitectureNamesExists() {
        Set<String> classes =
                java().stream().map(file -> name(file).replace(".java", "")).collect(Collectors.toSet());
        String text = text(PROJECT.resolve("ARCHITECTURE.md")) + text(PROJECT.resolve("HACKING.md"));
        assertThat(CLASS_NAME.matcher(text).results().map(found -> found.group(1)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(classes).contains(name));
    }

    private static Set<String> clauses() {
        Set<String> ids = FILES.stream()
                .filter(file -> file.startsWith(CATALOGUES) && name(file).endsWith(".tsv"))
                .flatMap(file -> text(file).lines().skip(1))
                .map(row -> row.substring(0, row.indexOf('\t')))
                .collect(Collectors.toSet());
        assertThat(ids).contains("MQTT-3.1.0-1", "U5-4.12.1-1");
        return ids;
    }

    private static List<Path> java() {
        return FILES.stream().filter(file -> name(file).endsWith(".java")).toList();
    }

    private static List<Path> mainJava() {
        return java().stream().filter(TidyTest::isMain).toList();
    }

    private static List<Path> documents() {
        return FILES.stream().filter(file -> name(file).endsWith(".md")).toList();
    }

    private static boolean isMain(Path file) {
        return PROJECT.relativize(file).toString().replace('\\', '/').contains("src/main/");
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
