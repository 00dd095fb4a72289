// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.extension.LoadedExtension.State;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes in the folder while the broker runs. */
class HotDeploymentTest {

    private static final String NOBODY = "no extension authenticates clients any more";

    @TempDir
    Path home;

    private HostFixture host;

    @BeforeEach
    void open() throws IOException {
        host = new HostFixture(home);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aJarThatIsDroppedInIsAskedFromThenOn() throws IOException {
        host.start();
        assertThat(host.login("a").toString()).contains("Allow");

        teller("a", "1.0.0").write(host.folder.resolve("a.jar"));

        host.awaitFinding("a", "a 1.0.0");
        awaitLoaded(new LoadedExtension("a.jar", "a", "1.0.0", State.STARTED, ""));
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void howeverAVersionReplacesAnotherSomeVersionIsAlwaysAsked() throws Exception {
        Path a = teller("a", "1.0.0").write(host.folder.resolve("a.jar"));
        host.start();
        Set<String> found = ConcurrentHashMap.newKeySet();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Thread prober = new Thread(() -> {
            while (goesOn.get()) {
                found.add(host.finding("a"));
            }
        });
        prober.start();

        teller("a", "2.0.0").write(a); // written over
        host.awaitFinding("a", "a 2.0.0");
        Path next = teller("a", "3.0.0").write(home.resolve("next.jar"));
        Files.move(next, a, StandardCopyOption.REPLACE_EXISTING); // renamed over
        host.awaitFinding("a", "a 3.0.0");
        Path four = teller("a", "4.0.0").write(home.resolve("four.jar"));
        Files.delete(a); // deleted and made again, before the broker believes that it is gone
        Files.copy(four, a);
        host.awaitFinding("a", "a 4.0.0");
        Path five = zip(home.resolve("a-5.zip"), teller("a", "5.0.0").write(home.resolve("five.jar")));
        Files.delete(a); // in another file
        Files.move(five, host.folder.resolve("a-5.zip"));
        host.awaitFinding("a", "a 5.0.0");
        Path six = teller("a", "6.0.0").write(home.resolve("six.jar"));
        Files.createDirectories(host.folder.resolve("a")); // in a folder, and the zip goes later
        Files.copy(six, host.folder.resolve("a/six.jar"));
        HostFixture.await(() -> host.warnings().size(), 1);
        Files.delete(host.folder.resolve("a-5.zip"));
        host.awaitFinding("a", "a 6.0.0");
        Path seven = teller("a", "7.0.0").write(home.resolve("seven.jar"));
        Files.copy(seven, host.folder.resolve("a/six.jar"), StandardCopyOption.REPLACE_EXISTING);
        host.awaitFinding("a", "a 7.0.0");

        goesOn.set(false);
        prober.join(HostFixture.SOON.toMillis());
        assertThat(found).isSubsetOf("a 1.0.0", "a 2.0.0", "a 3.0.0", "a 4.0.0", "a 5.0.0", "a 6.0.0", "a 7.0.0");
        assertThat(host.warnings())
                .containsExactly("extension a is left out: Plugin-Id: a (expected: not that of a-5.zip;"
                        + " remove one of the two files)");
    }

    @Test
    void whoIsTakenOutIsStoppedAndItsCopyDeletedAndNobodyIsLetInInstead() throws IOException {
        Path jar = teller("a", "1.0.0").write(host.folder.resolve("a.jar"));
        host.start();
        Path copy = Path.of(host.finding("where"));
        assertThat(copy).exists();

        Files.delete(jar);

        host.awaitFinding("a", NOBODY);
        HostFixture.await(() -> Files.exists(home.resolve("stopped-1.0.0")), true);
        HostFixture.await(() -> Files.exists(copy), false);
        awaitLoaded();
    }

    @Test
    void aMarkerDisablesAnExtensionForAsLongAsItIsThere() throws IOException {
        teller("a", "1.0.0").write(host.folder.resolve("a.jar"));
        teller("b", "1.0.0").write(host.folder.resolve("b.jar"));
        Path marker = Files.createFile(host.folder.resolve("b.disabled"));

        assertThat(host.start())
                .containsExactly(
                        new LoadedExtension("a.jar", "a", "1.0.0", State.STARTED, ""),
                        new LoadedExtension("b.jar", "b", "1.0.0", State.DISABLED, ""));
        Files.delete(marker);
        host.awaitFinding("b", "b 1.0.0");
        Files.createFile(host.folder.resolve("a.disabled"));
        LoadedExtension off = new LoadedExtension("a.jar", "a", "1.0.0", State.DISABLED, "");
        HostFixture.await(() -> host.host().loaded().contains(off), true);
        assertThat(host.login("a").toString()).doesNotContain("a 1.0.0");
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void aCopyThatTakesItsTimeIsWaitedFor() throws IOException {
        byte[] jar = Files.readAllBytes(teller("a", "1.0.0").write(home.resolve("whole.jar")));
        host.start();
        Path slow = host.folder.resolve("slow.jar");
        int part = jar.length / 10 + 1;
        for (int from = 0; from < jar.length; from += part) {
            Files.write(
                    slow,
                    Arrays.copyOfRange(jar, from, Math.min(jar.length, from + part)),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            LockSupport.parkNanos(300_000_000); // longer than a file has to stand still
        }

        host.awaitFinding("a", "a 1.0.0");
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void theOldVersionGoesOnIfTheNewOneCannotRun() throws IOException {
        Path jar = teller("a", "1.0.0").write(host.folder.resolve("a.jar"));
        host.start();

        Files.writeString(jar, "no JAR any more");
        awaitWarnings("extension a 1.0.0 goes on, the change of a.jar is not used: the JAR cannot be read");
        failing("a", "throw new IllegalStateException(\"not today\");").write(jar);
        awaitWarnings(
                "goes on",
                "extension a 1.0.0 goes on, the change of a.jar is not used: failed with"
                        + " java.lang.IllegalStateException: not today");
        teller("a", "3.0.0").manifest("Plugin-Requires", "99.0.0").write(jar);
        awaitWarnings(
                "goes on", "goes on", "goes on, the change of a.jar is not used: Plugin-Requires: 99.0.0 (expected");
        assertThat(host.finding("a")).isEqualTo("a 1.0.0");
        String why = "Plugin-Requires: 99.0.0 (expected: fits SDK "
                + SdkVersion.current().text() + "; update Skep, or take another version of the extension)";
        awaitLoaded(new LoadedExtension("a.jar", "a", "1.0.0", State.STARTED, why));

        teller("a", "4.0.0").write(jar);
        host.awaitFinding("a", "a 4.0.0");
        awaitLoaded(new LoadedExtension("a.jar", "a", "4.0.0", State.STARTED, ""));
    }

    @Test
    void whoDependsOnAnotherComesAndGoesWithIt() throws IOException {
        Path base = base("1.0.0").write(host.folder.resolve("base.jar"));
        teller("a", "1.0.0", "base.Greeting.text()")
                .compiledWith(base)
                .manifest("Plugin-Dependencies", "base")
                .write(host.folder.resolve("a.jar"));
        host.start();
        assertThat(host.finding("a")).isEqualTo("base 1.0.0");

        base("2.0.0").write(base);
        host.awaitFinding("a", "base 2.0.0");
        assertThat(host.warnings()).isEmpty();

        Files.delete(base);
        awaitWarnings("extension a.jar is left out: Plugin-Dependencies: base (expected: an extension that runs");
        base("3.0.0").write(base);
        host.awaitFinding("a", "base 3.0.0");
    }

    @Test
    void aStartWithoutEndIsGivenUpAndTheOthersServeOn() throws IOException {
        host.startTimeout = java.time.Duration.ofSeconds(2);
        teller("a", "1.0.0").write(host.folder.resolve("a.jar"));
        host.start();

        failing("b", "while (!Files.exists(Path.of(\"%s\"))) { Thread.onSpinWait(); }".formatted(home.resolve("end")))
                .write(host.folder.resolve("b.jar"));

        awaitWarnings(
                "extension b: threads run on without it: [skep-ext-b-*]",
                "extension b.jar is left out: did not return within 2000 ms");
        assertThat(host.finding("a")).isEqualTo("a 1.0.0");
        teller("a", "2.0.0").write(host.folder.resolve("a.jar"));
        host.awaitFinding("a", "a 2.0.0");
        Files.createFile(home.resolve("end"));
    }

    @Test
    void threadsThatOutliveTheirExtensionAreNamed() throws IOException {
        String leak = "Thread leak = new Thread(() -> { while (!Files.exists(Path.of(\"%s\"))) {"
                        .formatted(home.resolve("end"))
                + " java.util.concurrent.locks.LockSupport.parkNanos(1000000); } }, \"forgotten\");"
                + " leak.setDaemon(true); leak.start();";
        Path jar = failing("a", leak).write(host.folder.resolve("a.jar"));
        host.start();

        Files.delete(jar);

        awaitWarnings("extension a: threads run on without it: [forgotten]");
        Files.createFile(home.resolve("end"));
    }

    @Test
    void callsUnderWayAreAnsweredByWhomTheyWereMadeTo() throws IOException {
        Path go = home.resolve("go");
        Path slow = slow(go).write(host.folder.resolve("slow.jar"));
        teller("told", "1.0.0").write(host.folder.resolve("told.jar"));
        host.start();
        var slowly = host.beginLogin("slow");
        var told = host.beginLogin("told"); // rests at the slow one, and goes on to the other

        teller("slow", "2.0.0").write(slow);
        Files.delete(host.folder.resolve("told.jar"));
        awaitLoaded(new LoadedExtension("slow.jar", "slow", "2.0.0", State.STARTED, ""));
        assertThat(host.finding("slow")).isEqualTo("slow 2.0.0");
        assertThat(slowly).isNotDone();
        assertThat(home.resolve("stopped-1.0.0")).doesNotExist();
        assertThat(home.resolve("stopped-slow")).doesNotExist();

        Files.createFile(go);
        assertThat(slowly.join().toString()).contains("slow 1.0.0");
        assertThat(told.join().toString()).contains("told 1.0.0");
        HostFixture.await(() -> Files.exists(home.resolve("stopped-slow")), true);
        HostFixture.await(() -> Files.exists(home.resolve("stopped-1.0.0")), true);
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void whatFailedOnceIsTriedAgainWhenSomebodyAsksForIt() throws Exception {
        Path healed = home.resolve("healed");
        failing(
                        "a",
                        "if (!Files.exists(Path.of(\"%s\"))) throw new IllegalArgumentException(\"ill\");"
                                .formatted(healed))
                .write(host.folder.resolve("a.jar"));
        assertThat(host.start()).extracting(LoadedExtension::failure).containsExactly("ill");
        Files.createFile(healed);

        assertThat(host.host().reload("a", HostFixture.SOON)).isTrue();

        assertThat(host.host().loaded()).containsExactly(new LoadedExtension("a.jar", "a", "2.0.0", State.STARTED, ""));
    }

    private void awaitLoaded(LoadedExtension... expected) {
        HostFixture.await(() -> host.host().loaded(), List.of(expected));
    }

    /** Waits for warnings; each has to contain what is expected in its place. */
    private void awaitWarnings(String... expected) {
        HostFixture.await(() -> host.warnings().size() >= expected.length, true);
        List<String> warnings = host.warnings();
        assertThat(warnings).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(warnings.get(i)).contains(expected[i]);
        }
    }

    private ExtensionJar teller(String id, String version) {
        return teller(id, version, "\"" + id + " " + version + "\"");
    }

    /** Denies the user of its id with what an expression says, and notes when it ends. */
    private ExtensionJar teller(String id, String version, String expression) {
        return ExtensionJar.extension(id, "x.Teller")
                .manifest("Plugin-Version", version)
                .source("x.Teller", """
                        public class Teller implements Extension {
                            public void start(ExtensionContext context) {
                                context.hooks().authenticator(login -> {
                                    String user = String.valueOf(login.client().userName());
                                    String where = Teller.class.getProtectionDomain().getCodeSource().getLocation().getPath();
                                    return user.equals("where") ? Decision.deny(ReasonCode.BANNED, where)
                                            : user.equals("%s") ? Decision.deny(ReasonCode.BANNED, %s) : Decision.next();
                                });
                            }
                            public void stop() throws Exception {
                                Files.writeString(Path.of("%s"), "");
                            }
                        }
                        """.formatted(id, expression, home.resolve("stopped-" + version)));
    }

    /** Version 2.0.0 of an extension whose start is a statement. */
    private static ExtensionJar failing(String id, String statement) {
        return ExtensionJar.extension(id, "x.Failing")
                .manifest("Plugin-Version", "2.0.0")
                .source(
                        "x.Failing",
                        "public class Failing implements Extension {"
                                + " public void start(ExtensionContext context) throws Exception { " + statement
                                + " } }");
    }

    private ExtensionJar base(String version) {
        return teller("base", version)
                .source(
                        "base.Greeting",
                        "public class Greeting { public static String text() { return \"base %s\"; } }"
                                .formatted(version));
    }

    /** Leaves everybody to the next, but its own user, when a file is there. */
    private ExtensionJar slow(Path go) {
        return ExtensionJar.extension("slow", "x.Slow")
                .source("x.Slow", """
                public class Slow implements Extension {
                    public void start(ExtensionContext context) {
                        context.hooks().authenticator(login -> Decision.later(CompletableFuture.supplyAsync(() -> {
                            while (!Files.exists(Path.of("%s"))) {
                                Thread.onSpinWait();
                            }
                            return "slow".equals(login.client().userName())
                                    ? Decision.deny(ReasonCode.BANNED, "slow 1.0.0") : Decision.next();
                        }, context.executor())), HookOptions.DEFAULT.withDeadline(java.time.Duration.ofSeconds(30)));
                    }
                    public void stop() throws Exception {
                        Files.writeString(Path.of("%s"), "");
                    }
                }
                """.formatted(go, home.resolve("stopped-slow")));
    }

    private static Path zip(Path zip, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.putNextEntry(new ZipEntry("main.jar"));
            Files.copy(jar, out);
        }
        return zip;
    }
}
