// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip of the extension extension-process, with its template; its own tests have a program for it. */
class ExtensionProcessIT {

    private static final int SERVER_UNAVAILABLE = 3;

    @Test
    void withoutAProgramNobodyIsLetInAndTheBrokerRuns(@TempDir Path folder) throws Exception {
        Installation skep = new Installation(folder).enable("extension-process");
        Path available = skep.home().resolve("extensions-available");
        assertThat(available.resolve("extension.proto")).exists();
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            skep.write(
                    "conf/extensions/extension-process.yaml",
                    Files.readString(available.resolve("extension-process.yaml"))
                            .replace("#address: 127.0.0.1:7070", "address: 127.0.0.1:" + closed.getLocalPort()));
        }
        try (SkepProcess broker = skep.start();
                Program publisher =
                        MosquittoClients.publisher(broker.port(), "-u", "ann", "-P", "secret", "-t", "t", "-m", "m")) {
            assertThat(publisher.exitCode()).isEqualTo(SERVER_UNAVAILABLE);
            broker.await(Pattern.compile(".*WARN .*127.0.0.1:.* not connected: .*Connection refused.*"));
            Files.delete(skep.find("extensions", "skep-extension-process"));
            broker.await(Pattern.compile(".*extension extension-process .* is taken out.*"));
        }
    }
}
