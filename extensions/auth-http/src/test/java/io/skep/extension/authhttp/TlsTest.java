// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.auth.Decision;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    @TempDir
    Path folder;

    @Test
    void aServerIsBelievedIfItsCertificateIsTrusted() throws Exception {
        try (AuthServer server = new AuthServer(tls("ip:127.0.0.1"))) {
            String url = "authenticate-url: " + server.url("/login") + "\n";
            try (Asker asker = new Asker(folder, url + "trust: server.pem\n")) {
                assertThat(asker.loginNow("c", "p")).isInstanceOf(Decision.Allow.class);
            }
            try (Asker asker = new Asker(folder, url)) {
                assertThatThrownBy(() -> asker.loginNow("c", "p")).hasMessageContaining("SSLHandshakeException");
            }
        }
    }

    @Test
    void aCertificateForAnotherNameIsNotBelieved() throws Exception {
        try (AuthServer server = new AuthServer(tls("dns:auth.example.com"));
                Asker asker =
                        new Asker(folder, "authenticate-url: " + server.url("/login") + "\ntrust: server.pem\n")) {
            assertThatThrownBy(() -> asker.loginNow("c", "p")).hasMessageContaining("SSLHandshakeException");
            assertThat(server.questions).isEmpty();
        }
    }

    @Test
    void aFileWithoutCertificatesStopsTheStart() throws Exception {
        Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> new Asker(folder, "authenticate-url: https://a.example/\ntrust: empty.pem\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty.pem (expected: a PEM file with certificates)");
        assertThatThrownBy(() -> new Asker(folder, "authenticate-url: https://a.example/\ntrust: none.pem\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.pem (expected: a PEM file with certificates)");
    }

    private SSLContext tls(String name) throws Exception {
        Path store = folder.resolve("server.p12");
        keytool("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=server", "-ext", "san=" + name);
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "server",
                "-file",
                folder.resolve("server.pem").toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-keystore",
                folder.resolve("server.p12").toString(),
                "-storepass",
                "changeit",
                "-storetype",
                "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
