// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.Broker;
import io.skep.broker.config.ConfigLoader;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.publish.PublishAnswer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code skep extensions} says and does, with a broker that runs and without. */
class ExtensionsTest {

    /** Packed into a JAR by the test. */
    public static final class Doorman implements Extension {
        @Override
        public void start(ExtensionContext context) {
            context.hooks().authenticator(login -> Decision.allow());
            context.hooks()
                    .publishInterceptor(
                            (client, publish) -> PublishAnswer.pass(),
                            HookOptions.DEFAULT.withOrder(7).withTopicFilter("doors/#"));
        }
    }

    @TempDir
    Path home;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private @Nullable Broker broker;

    @BeforeEach
    void writeJars() throws IOException {
        Path folder = Files.createDirectories(home.resolve("extensions"));
        jar(folder.resolve("a.jar"), "doorman");
        jar(folder.resolve("z.jar"), "doorman");
    }

    private static void jar(Path file, String id) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Plugin-Id", id);
        manifest.getMainAttributes().putValue("Plugin-Version", "1.2.3");
        manifest.getMainAttributes().putValue("Plugin-Class", Doorman.class.getName());
        String entry = Doorman.class.getName().replace('.', '/') + ".class";
        try (OutputStream to = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(to, manifest)) {
            jar.putNextEntry(new ZipEntry(entry));
            jar.write(Doorman.class.getClassLoader().getResourceAsStream(entry).readAllBytes());
        }
    }

    private void start() throws IOException {
        broker = Broker.start(new ConfigLoader(home).load(null, Map.of(), Map.of("listeners[0].port", "0")), home);
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.stop();
        }
    }

    @Test
    void aListSaysWhatRunsWhatDoesNotAndWhy() throws IOException {
        start();
        assertThat(run("list")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "id                       version          state     file",
                        "doorman                  1.2.3            runs      a.jar",
                        "doorman                  1.2.3            failed    z.jar",
                        "    Plugin-Id: doorman (expected: not that of a.jar; remove one of the two files)",
                        "authenticator: doorman",
                        "publish interceptor: doorman (order 7) (for doors/#)");
        assertThat(run("list", "--json")).isZero();
        assertThat(out.toString()).startsWith("{\"folder\":").contains("\"state\":\"runs\",\"file\":\"a.jar\"");
    }

    @Test
    void whoIsDisabledStaysSoOverARestartUntilItIsEnabled() throws IOException {
        Files.delete(home.resolve("extensions/z.jar"));
        start();
        assertThat(run("disable", "doorman")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("doorman 1.2.3: disabled");
        stop();
        start();
        run("list");
        assertThat(out.toString()).contains("disabled  a.jar").doesNotContain("authenticator");
        assertThat(run("enable", "doorman")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("doorman 1.2.3: runs");
        assertThat(run("reload", "doorman")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("doorman 1.2.3: runs");
    }

    @Test
    void aReloadOfWhatCannotRunSaysWhyWithTheCode1() throws IOException {
        Files.writeString(home.resolve("extensions/doorman.disabled"), "");
        start();
        Files.delete(home.resolve("extensions/doorman.disabled"));
        assertThat(run("reload")).isEqualTo(1);
        assertThat(out.toString()).contains("doorman 1.2.3: failed: Plugin-Id: doorman (expected: not that of a.jar;");
    }

    @Test
    void anUnknownIdIsRefused() throws IOException {
        start();
        assertThat(run("disable", "doorwoman")).isEqualTo(2);
        assertThat(err.toString()).startsWith("ID: doorwoman (expected: one of doorman)");
        assertThat(run("reload", "doorwoman")).isEqualTo(2);
        assertThat(err.toString()).startsWith("ID: doorwoman (expected: one of doorman)");
        assertThat(run("disable", "../x")).isEqualTo(2);
        assertThat(home.resolve("x.disabled")).doesNotExist();
    }

    @Test
    void withoutABrokerTheNextStartIsMeant() {
        assertThat(run("list")).isEqualTo(2);
        assertThat(out.toString()).startsWith("not running: ");
        assertThat(run("disable", "doorman")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("doorman: disabled from the next start on");
        assertThat(home.resolve("extensions/doorman.disabled")).exists();
        assertThat(run("enable", "doorman")).isZero();
        assertThat(home.resolve("extensions/doorman.disabled")).doesNotExist();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = new String[arguments.length + 1];
        all[0] = "extensions";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Skep.run(
                new Surroundings(
                        home,
                        Map.of(),
                        new ByteArrayInputStream(new byte[0]),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        new Thread()),
                all);
    }
}
