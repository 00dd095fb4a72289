// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.crash.PowerCut.Names;
import io.skep.crash.PowerCut.Tails;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exactly what was synced survives a cut, whatever was done to the files: else the crash tester proves nothing. */
class PowerCutTest {

    @TempDir
    private Path parent;

    private PowerCut power;

    @BeforeEach
    void prepare() throws Exception {
        power = PowerCut.prepare(parent);
    }

    @Test
    void whatWasWrittenAfterTheLastSyncIsGone() throws Exception {
        run("append log one", "sync .", "sync log", "append log two", "gather log three", "append new unsynced");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("log", "one"));
    }

    @Test
    void eachWayOfWritingIsSeen() throws Exception {
        run(
                "append log 0123456789",
                "sync log",
                "sync .",
                "overwrite log abc",
                "gather log de",
                "cut log 12",
                "sync log");
        run("append log f", "sync log", "cut log 9");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("log", "abc3456789def"));
    }

    @Test
    void aFileWithoutItsNameIsGoneAndANameWithoutItsContentIsEmpty() throws Exception {
        run("append first 1", "sync first", "append second 2", "sync .", "append third 3", "sync third");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("first", "1", "second", ""));
    }

    @Test
    void renamedAndRemovedNamesAreBackUntilTheFolderIsSynced() throws Exception {
        run("append current old", "append waste bytes", "sync current", "sync waste", "sync .");
        run("append next new", "sync next", "rename next current", "remove waste", "append reborn inode");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("current", "old", "waste", "bytes"));

        run("append next new", "sync next", "rename next current", "remove waste", "sync .", "append current er");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("current", "new"));
    }

    @Test
    void aFolderIsANameInTheOneAboveIt() throws Exception {
        run("folder deep", "append deep/file 1", "sync deep/file", "sync deep", "folder lost", "append lost/file 2");
        run("sync lost/file", "sync lost", "remove lost/file", "remove lost", "sync .", "folder late");
        run("append late/file 3", "sync late/file", "sync late", "append deep/file 4");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("deep/file", "1"));
        run("append deep/file 5", "sync deep/file", "append deep/other 6", "sync deep/other", "sync deep");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("deep/file", "15", "deep/other", "6"));
    }

    @Test
    void namesMaySurviveWithoutASyncAndContentStillDoesNot() throws Exception {
        run("append current old", "sync current", "sync .", "append next new", "rename next current", "append more 1");
        cut(Names.LIVE);
        assertThat(files()).isEqualTo(Map.of("current", "", "more", ""));
    }

    @Test
    void aSocketIsNoFile() throws Exception {
        for (Names names : Names.values()) {
            run("append log 1", "sync log", "socket command", "sync .");
            cut(names);
            assertThat(files()).isEqualTo(Map.of("log", names == Names.SYNCED ? "1" : "11"));
        }
    }

    @Test
    void whatAKilledProcessHasNotSyncedIsStillThereAndStillUnsynced() throws Exception {
        run("append log one", "sync log", "sync .", "append log two");
        assertThat(files()).isEqualTo(Map.of("log", "onetwo"));
        run("append other 1", "sync other");
        cut(Names.LIVE);
        assertThat(files()).isEqualTo(Map.of("log", "one", "other", "1"));

        run("append log two");
        run("append log three", "sync log", "append log four");
        cut(Names.SYNCED);
        assertThat(files()).isEqualTo(Map.of("log", "onetwothree", "other", "1"));
    }

    @Test
    void someOfWhatWasNotSyncedMaySurviveButSyncedBytesAlwaysDo() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String longText = "x".repeat(20_000);
        run("append log synced", "sync log", "sync .", "append log " + longText);
        Path log = power.folder().resolve("log");
        power.cut(Names.SYNCED, Tails.HOLES, random);
        assertThat(Files.readString(log))
                .as("seed %s", seed)
                .startsWith("synced")
                .hasSize(20_006);
        run("append log " + longText);
        power.cut(Names.SYNCED, Tails.SOME, random);
        assertThat(Files.readString(log))
                .as("seed %s", seed)
                .startsWith("synced")
                .hasSizeBetween(20_006, 40_006);
    }

    private void cut(Names names) throws IOException {
        power.cut(names, Tails.NOTHING, new Random(0));
    }

    /** Runs a process that takes these steps and is then killed. */
    private void run(String... steps) throws Exception {
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                power.folder().toString());
        builder.environment().putAll(power.environment(Duration.ZERO));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedWriter in = process.outputWriter();
                BufferedReader out = process.inputReader()) {
            for (String step : steps) {
                in.write(step);
                in.newLine();
                in.flush();
                assertThat(out.readLine()).as(step).isEqualTo("done");
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(power.folder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(power.folder().relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }
}
