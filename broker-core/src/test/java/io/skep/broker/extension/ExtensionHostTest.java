// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.extension.LoadedExtension.State;
import io.skep.sdk.auth.Decision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionHostTest {

    /** Denies the user `tell` with what an expression says, and lets nobody else in. */
    private static final String TELLER = """
            public class %s implements Extension {
                public void start(ExtensionContext context) throws Exception {
                    context.hooks().authenticator(login -> "%s".equals(login.client().userName())
                            ? Decision.deny(ReasonCode.BANNED, String.valueOf(%s))
                            : Decision.next());
                }
                static String load(String name) {
                    try {
                        return "found " + Class.forName(name).getSimpleName();
                    } catch (Throwable e) {
                        return e.getClass().getSimpleName();
                    }
                }
            }
            """;

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
    void anExtensionIsStartedAndItsHooksAreAsked() throws IOException {
        write("a", "\"hello\"");

        assertThat(host.start()).containsExactly(new LoadedExtension("a.jar", "a", "1.0.0", State.STARTED, ""));

        assertThat(host.finding("a")).isEqualTo("hello");
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void withoutAFolderNothingIsLoaded() throws IOException {
        Files.delete(host.folder);

        assertThat(host.start()).isEmpty();
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void whatIsNoExtensionIsOverlooked() throws IOException {
        Files.writeString(host.folder.resolve("README.txt"), "put JARs here");
        Files.writeString(host.folder.resolve(".half.jar"), "in the middle of a copy");

        assertThat(host.start()).isEmpty();
    }

    @Test
    void aDisabledExtensionIsNotLoaded() throws IOException {
        write("a", "1");

        assertThat(host.start("a")).containsExactly(new LoadedExtension("a.jar", "a", "1.0.0", State.DISABLED, ""));
        assertThat(host.login("a")).isEqualTo(Decision.allow());
    }

    @Test
    void anExtensionSeesTheSdkAndTheJdkAndNothingElseOfTheBroker() throws IOException {
        for (String type : List.of(
                "io.skep.broker.hook.HookChains",
                "io.netty.channel.EventLoop",
                "org.pf4j.Plugin",
                "com.google.inject.Guice",
                "ch.qos.logback.classic.Logger",
                "org.junit.jupiter.api.Test")) {
            String id = "hidden-" + type.replaceAll(".*\\.", "");
            write(id, "load(\"" + type + "\")");
        }
        for (String type : List.of("io.skep.sdk.Extension", "org.slf4j.Logger", "java.sql.Connection")) {
            write("shown-" + type.replaceAll(".*\\.", ""), "load(\"" + type + "\")");
        }

        List<LoadedExtension> loaded = host.start();

        assertThat(loaded).hasSize(9).allSatisfy(extension -> {
            assertThat(extension.state()).isEqualTo(State.STARTED);
            assertThat(host.finding(extension.id()))
                    .startsWith(extension.id().startsWith("shown") ? "found " : "ClassNotFoundException");
        });
    }

    @Test
    void resourcesOfTheBrokerAreHiddenToo() throws IOException {
        write(
                "a",
                "Teller_a.class.getClassLoader().getResource(\"META-INF/maven/io.netty/netty-common/pom.xml\")"
                        + " + \" \" + Teller_a.class.getClassLoader().getResource(\"io/skep/sdk/version\")");

        host.start();

        assertThat(host.finding("a")).isEqualTo("null null");
    }

    @Test
    void twoExtensionsUseTwoVersionsOfOneLibrary() throws IOException {
        for (String version : List.of("1", "2")) {
            Path library = ExtensionJar.library()
                    .source(
                            "lib.Version",
                            "public class Version { public static String TEXT = \"v" + version + "\".strip(); }")
                    .write(home.resolve("library-" + version + ".jar"));
            Path jar = teller("user" + version, "lib.Version.TEXT")
                    .compiledWith(library)
                    .write(home.resolve("main.jar"));
            zip(host.folder.resolve("ext" + version + ".zip"), jar, library);
        }

        host.start();

        assertThat(host.finding("user1")).isEqualTo("v1");
        assertThat(host.finding("user2")).isEqualTo("v2");
    }

    @Test
    void aFolderWithLibrariesIsAnExtensionToo() throws IOException {
        Path library = ExtensionJar.library()
                .source("lib.Text", "public class Text { public static String get() { return \"lib\"; } }")
                .write(home.resolve("library.jar"));
        Path folder = host.folder.resolve("a");
        Files.createDirectories(folder.resolve("lib"));
        Files.copy(library, folder.resolve("lib/library.jar"));
        teller("a", "lib.Text.get()").compiledWith(library).write(folder.resolve("a.jar"));

        host.start();

        assertThat(host.finding("a")).isEqualTo("lib");
    }

    @Test
    void aFileMayBeOverwrittenWhileItsClassesAreInUse() throws IOException {
        Path jar = teller("a", "Late.text()")
                .source("x.Late", "class Late { static String text() { return \"late\"; } }")
                .write(host.folder.resolve("a.jar"));
        host.start();

        Files.write(jar, "garbage".repeat(10_000).getBytes(StandardCharsets.UTF_8));

        assertThat(host.finding("a")).isEqualTo("late");
    }

    @Test
    void aDependencyIsStartedFirstAndItsClassesAreSeen() throws IOException {
        Path base = teller("z-base", "1")
                .source("base.Greeting", "public class Greeting { public static String TEXT = \"hi\"; }")
                .write(host.folder.resolve("z.jar"));
        teller("a", "base.Greeting.TEXT")
                .compiledWith(base)
                .manifest("Plugin-Dependencies", "z-base@>=1.0.0")
                .write(host.folder.resolve("a.jar"));
        write("b", "load(\"base.Greeting\")");

        assertThat(host.start()).extracting(LoadedExtension::id).containsExactly("b", "z-base", "a");

        assertThat(host.finding("a")).isEqualTo("hi");
        assertThat(host.finding("b")).isEqualTo("ClassNotFoundException");
    }

    @Test
    void stoppingEndsHooksThreadsAndCopies() throws IOException {
        Path stopped = home.resolve("stopped");
        ExtensionJar.extension("a", "x.Stoppable")
                .source("x.Stoppable", """
                        public class Stoppable implements Extension {
                            public void start(ExtensionContext context) {
                                context.executor().scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.MILLISECONDS);
                                context.hooks().authenticator(login -> Decision.deny(ReasonCode.BANNED,
                                        Stoppable.class.getProtectionDomain().getCodeSource().getLocation().getPath()));
                            }
                            public void stop() throws Exception {
                                Files.writeString(Path.of("%s"), Thread.currentThread().getName());
                            }
                        }
                        """.formatted(stopped))
                .write(host.folder.resolve("a.jar"));
        host.start();
        Path copy = Path.of(host.finding("u"));
        assertThat(copy).exists();
        assertThat(threadNames()).anyMatch(name -> name.startsWith("skep-ext-a-"));

        host.stop();

        assertThat(stopped).content().startsWith("skep-ext-a-");
        assertThat(host.chains.authenticates()).isFalse();
        assertThat(threadNames()).noneMatch(name -> name.startsWith("skep-ext-"));
        assertThat(copy).doesNotExist();
    }

    private static List<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .toList();
    }

    /** An extension whose id is also the user that it tells. */
    private static ExtensionJar teller(String id, String expression) {
        String name = "Teller_" + id.replaceAll("\\W", "_");
        return ExtensionJar.extension(id, "x." + name).source("x." + name, TELLER.formatted(name, id, expression));
    }

    private void write(String id, String expression) throws IOException {
        teller(id, expression).write(host.folder.resolve(id + ".jar"));
    }

    private static void zip(Path zip, Path jar, Path library) throws IOException {
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.putNextEntry(new ZipEntry("main.jar"));
            Files.copy(jar, out);
            out.putNextEntry(new ZipEntry("lib/library.jar"));
            Files.copy(library, out);
            out.putNextEntry(new ZipEntry("../outside.jar"));
            out.putNextEntry(new ZipEntry("README"));
        }
    }
}
