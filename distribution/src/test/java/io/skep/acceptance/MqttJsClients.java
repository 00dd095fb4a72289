// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skep.acceptance.Clients.Plan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** mqtt.js, in the scripts of {@code src/test/js}; the protocol version is the number in CONNECT. */
record MqttJsClients(int version) implements Clients {

    private static final Path SCRIPTS = Path.of("src", "test", "js");
    private static final Path INSTALLED = Path.of("target", "js").toAbsolutePath();
    private static final Path LOCK = Path.of("target", "js.lock");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Runs a script with what it is to do, once its library is installed as the lock file says. */
    static Program script(String name, Map<String, Object> what) throws Exception {
        install();
        return Program.tool(
                "node", "nodejs", List.of(INSTALLED.resolve(name).toString(), JSON.writeValueAsString(what)));
    }

    /** Installs unless that is done already, by this JVM or by another that runs tests at the same time. */
    private static synchronized void install() throws Exception {
        try (FileChannel lock = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock(); // until it is closed
            copyScripts();
            Path done = INSTALLED.resolve("node_modules/.package-lock.json");
            Path wanted = SCRIPTS.resolve("package-lock.json");
            if (!Files.exists(done)
                    || Files.getLastModifiedTime(done).compareTo(Files.getLastModifiedTime(wanted)) < 0) {
                installLibrary();
            }
        }
    }

    private static void installLibrary() throws Exception {
        List<String> ci = List.of("ci", "--no-audit", "--no-fund", "--prefix", INSTALLED.toString());
        try (Program npm = Program.tool("npm", "npm", ci)) {
            List<String> output = npm.output();
            assertThat(npm.exitCode()).as("%s", output).isZero();
        }
    }

    /** Copies what is not there yet: the other scripts may be read just now. */
    private static void copyScripts() throws IOException {
        Files.createDirectories(INSTALLED);
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = INSTALLED.resolve(file.getFileName());
                if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    @Override
    public String name() {
        return "mqttjs" + version;
    }

    @Override
    public void publish(int port, Message message) throws Exception {
        Map<String, Object> what = Map.of(
                "url", "mqtt://127.0.0.1:" + port,
                "options", Map.of("protocolVersion", version),
                "topic", message.topic(),
                "payload", message.payload(),
                "publish", Map.of("qos", message.qos(), "retain", message.retain()));
        try (Program node = script("publish.mjs", what)) {
            assertThat(node.output()).containsExactly("Published");
        }
    }

    @Override
    public Subscriber subscribe(int port, Plan plan) throws Exception {
        return new ProgramSubscriber(subscriberProcess(port, plan));
    }

    @Override
    public Program subscriberProcess(int port, Plan plan) throws Exception {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("protocolVersion", version);
        options.put("clientId", plan.clientId());
        options.put("clean", plan.clean());
        if (!plan.clean() && version == 5) {
            options.put("properties", Map.of("sessionExpiryInterval", 3600));
        }
        if (plan.will() != null) {
            options.put("will", plan.will());
        }
        Map<String, Object> what = Map.of(
                "url", "mqtt://127.0.0.1:" + port, "options", options, "filter", plan.filter(), "qos", plan.qos());
        Program node = script("subscribe.mjs", what);
        node.await(ProgramSubscriber.SUBSCRIBED);
        return node;
    }
}
