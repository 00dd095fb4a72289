// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.extension.LoadedExtension.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each is left out with one line in the log, and the one that is whole runs. */
class BrokenExtensionsTest {

    private static final String WHOLE = """
            public class Whole implements Extension {
                public void start(ExtensionContext context) {
                    context.hooks().authenticator(login -> Decision.deny(ReasonCode.BANNED, "whole"));
                }
            }
            """;

    @TempDir
    Path home;

    private HostFixture host;

    @BeforeEach
    void open() throws IOException {
        host = new HostFixture(home);
        whole("whole").write(host.folder.resolve("whole.jar"));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void whatIsNoJar() throws IOException {
        Files.writeString(broken(), "not a zip at all");
        Files.setLastModifiedTime(broken(), FileTime.from(Instant.now().minusSeconds(60))); // nobody is copying it
        assertLeftOut("cannot be read");
    }

    @Test
    void aManifestWithoutId() throws IOException {
        ExtensionJar.library().source("x.Whole", WHOLE).write(broken());
        assertLeftOut("Plugin-Id: none (expected: a manifest with Plugin-Id, Plugin-Version and Plugin-Class)");
    }

    @Test
    void anIdThatIsAPath() throws IOException {
        whole("../up").write(broken());
        assertLeftOut("Plugin-Id: '../up' (expected: letters, digits, '.', '-' and '_')");
    }

    @Test
    void aManifestWithoutVersion() throws IOException {
        whole("b").manifest("Plugin-Version", " ").write(broken());
        assertLeftOut("Plugin-Version: none (expected: a version such as 1.0.0 in the manifest)");
    }

    @Test
    void aManifestWithoutClass() throws IOException {
        whole("b").manifest("Plugin-Class", " ").write(broken());
        assertLeftOut("Plugin-Class: none (expected: the name of the class that implements io.skep.sdk.Extension");
    }

    @Test
    void aClassThatIsMissing() throws IOException {
        whole("b").manifest("Plugin-Class", "x.Hole").write(broken());
        assertLeftOut("Plugin-Class: x.Hole (expected: a class in the JAR)");
    }

    @Test
    void aClassOfAnotherType() throws IOException {
        ExtensionJar.extension("b", "x.Other")
                .source("x.Other", "public class Other {}")
                .write(broken());
        assertLeftOut("Plugin-Class: x.Other (expected: a class that implements io.skep.sdk.Extension)");
    }

    @Test
    void aConstructorWithParameters() throws IOException {
        write("Whole(int x) {}", "");
        assertLeftOut("(expected: a public class with a public constructor without parameters)");
    }

    @Test
    void aConstructorThatThrows() throws IOException {
        write("public Whole() { throw new IllegalStateException(\"in pieces\"); }", "");
        assertLeftOut("java.lang.IllegalStateException: in pieces");
    }

    @Test
    void aStartThatThrows() throws IOException {
        write("", "throw new java.io.IOException(\"no database\");");
        assertLeftOut("failed with java.io.IOException: no database");
    }

    @Test
    void aStartThatFailsToLink() throws IOException {
        write("", "throw new NoClassDefFoundError(\"com/other/Library\");");
        assertLeftOut("failed with java.lang.NoClassDefFoundError: com/other/Library");
    }

    @Test
    void aConfigurationThatDoesNotBind() throws IOException {
        write("public record Settings(int port) {}", "context.config(Settings.class);");
        List<Path> read = new ArrayList<>();
        ConfigReader reader = new ConfigReader() {
            @Override
            public <T extends Record> T bind(Path file, Class<T> type) {
                read.add(file);
                throw new IllegalArgumentException("port: x (expected: a number), line 3");
            }
        };

        assertLeftOut(host.start(reader), "port: x (expected: a number), line 3");
        assertThat(read).containsExactly(home.resolve("conf/extensions/b.yaml"));
    }

    @Test
    void anExtensionForANewerSdk() throws IOException {
        whole("b").manifest("Plugin-Requires", "99.0.0").write(broken());
        assertLeftOut("Plugin-Requires: 99.0.0 (expected: fits SDK "
                + SdkVersion.current().text());
    }

    @Test
    void aRangeOfTheSdkThatIsNone() throws IOException {
        whole("b").manifest("Plugin-Requires", "the newest").write(broken());
        assertLeftOut("Plugin-Requires: the newest (expected: a range such as");
    }

    @Test
    void theSameIdTwice() throws IOException {
        whole("whole").write(host.folder.resolve("zz.jar"));
        assertLeftOut("Plugin-Id: whole (expected: not that of whole.jar; remove one of the two files)");
    }

    @Test
    void aDependencyThatIsMissing() throws IOException {
        whole("b").manifest("Plugin-Dependencies", "nobody").write(broken());
        assertLeftOut("Plugin-Dependencies: nobody (expected: an extension that runs");
    }

    @Test
    void aDependencyThatIsTooOld() throws IOException {
        whole("b").manifest("Plugin-Dependencies", "whole@>=2.0.0").write(broken());
        assertLeftOut("Plugin-Dependencies: whole@>=2.0.0 (expected: fits its version 1.0.0)");
    }

    @Test
    void dependenciesInACircle() throws IOException {
        whole("b").manifest("Plugin-Dependencies", "c").write(broken());
        whole("c").manifest("Plugin-Dependencies", "b").write(host.folder.resolve("c.jar"));

        assertThat(host.start())
                .filteredOn(extension -> extension.state() == State.FAILED)
                .extracting(LoadedExtension::id)
                .containsExactlyInAnyOrder("b", "c");
        assertThat(host.finding("u")).isEqualTo("whole");
    }

    @Test
    void whatItRequiresIsGivenToAnExtension() throws IOException {
        Files.delete(host.folder.resolve("whole.jar"));
        whole("b")
                .manifest("Plugin-Requires", ">=" + SdkVersion.current().text() + " & <99.0.0")
                .manifest("Plugin-Dependencies", "nobody?")
                .write(broken());

        assertThat(host.start()).extracting(LoadedExtension::state).containsExactly(State.STARTED);
    }

    private Path broken() {
        return host.folder.resolve("broken.jar");
    }

    private static ExtensionJar whole(String id) {
        return ExtensionJar.extension(id, "x.Whole").source("x.Whole", WHOLE);
    }

    /** Writes an extension with some more members, and a start that begins with a statement. */
    private void write(String members, String statement) throws IOException {
        String source = WHOLE.replace("implements Extension {", "implements Extension { " + members)
                .replace("context) {", "context) throws Exception { if (context != null) { " + statement + " }");
        ExtensionJar.extension("b", "x.Whole").source("x.Whole", source).write(broken());
    }

    private void assertLeftOut(String reason) {
        assertLeftOut(host.start(), reason);
    }

    private void assertLeftOut(List<LoadedExtension> loaded, String reason) {
        assertThat(loaded)
                .filteredOn(extension -> extension.state() == State.FAILED)
                .singleElement()
                .satisfies(extension -> assertThat(extension.failure()).contains(reason));
        assertThat(host.warnings()).singleElement().asString().contains(reason, " is left out: ");
        assertThat(host.finding("u")).isEqualTo("whole");
    }
}
