// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ConfigBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An extension is told when its configuration changes. */
class ConfigChangeTest {

    /** Denies everybody with what its configuration says. */
    private static final String TELLER = """
            public class Teller implements Extension {
                public record Settings(String text, int number, String more) {
                    public Settings {
                        if (number == 13) {
                            throw new IllegalArgumentException("number: 13 (expected: luck)");
                        }
                    }
                }
                public record More(String text) {}
                private volatile String text;
                public void start(ExtensionContext context) {
                    use(context, context.config(Settings.class));
                    context.onConfigChange(Settings.class, settings -> use(context, settings));
                    context.hooks().authenticator(login -> Decision.deny(ReasonCode.BANNED, text));
                }
                private void use(ExtensionContext context, Settings settings) {
                    if (settings.number() == 14) {
                        throw new IllegalArgumentException("number: 14 (expected: more luck)");
                    }
                    text = settings.text() + settings.number() + (settings.more() == null
                            ? "" : context.config(More.class, Path.of(settings.more())).text());
                }
            }
            """;

    @TempDir
    Path home;

    private HostFixture host;
    private Path file;
    private Path more;

    @BeforeEach
    void open() throws IOException {
        host = new HostFixture(home);
        Path folder = Files.createDirectories(home.resolve("conf/extensions"));
        file = Files.writeString(folder.resolve("a.yaml"), "text: a\nnumber: 1\n");
        more = folder.resolve("more.yaml");
        ExtensionJar.extension("a", "x.Teller").source("x.Teller", TELLER).write(host.folder.resolve("a.jar"));
        host.start(ConfigBinder::bind);
        assertThat(host.finding("u")).isEqualTo("a1");
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aChangeIsGivenToTheExtensionAsARecord() throws IOException {
        Files.writeString(file, "text: b\nnumber: 2\n");

        host.awaitFinding("u", "b2");
        assertThat(host.warnings()).isEmpty();
    }

    @Test
    void whatIsWrongIsLoggedWithItsLineAndWhatHeldHoldsOn() throws IOException {
        Files.writeString(file, "text: b\nnumber: two\n");
        awaitWarning(1, "a.yaml:2:", "number: two (expected: a whole number)");
        Files.writeString(file, "text: b\nnumber: 13\n");
        awaitWarning(2, "13 (expected: luck)");
        Files.writeString(file, "text: b\nnumber: 14\n");
        awaitWarning(3, "number: 14 (expected: more luck)");
        Files.delete(file);
        awaitWarning(4, "a.yaml: gone (expected: a file, if need be an empty one)");
        assertThat(host.finding("u")).isEqualTo("a1");

        Files.writeString(file, "text: c\nnumber: 3\n");
        host.awaitFinding("u", "c3");
        assertThat(host.warnings()).hasSize(4);
    }

    @Test
    void otherFilesThatItHasReadAreWatchedToo() throws IOException {
        Files.writeString(more, "text: x\n");
        Files.writeString(file, "text: b\nmore: more.yaml\n");
        host.awaitFinding("u", "b0x");

        Files.writeString(more, "text: yy\n");
        host.awaitFinding("u", "b0yy");
    }

    private void awaitWarning(int number, String... parts) {
        HostFixture.await(() -> host.warnings().size() >= number, true);
        List<String> warnings = host.warnings();
        assertThat(warnings.get(number - 1))
                .startsWith("the change of the configuration is not used: ")
                .contains(parts);
    }
}
