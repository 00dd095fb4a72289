// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigBinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookEventsConfigTest {

    private static final Path TEMPLATE =
            Path.of("../../distribution/src/main/dist/conf/extensions/webhook-events.yaml");

    @TempDir
    Path folder;

    @Test
    void theShippedFileShowsEveryKeyAndTheDefaults() throws Exception {
        List<String> lines = Files.readAllLines(TEMPLATE);
        assertThat(lines).allMatch(line -> line.isEmpty() || line.startsWith("#"));
        String keys = lines.stream()
                .filter(line -> !line.startsWith("##"))
                .map(line -> line.replaceFirst("#", ""))
                .collect(Collectors.joining("\n"));
        TargetConfig target = new TargetConfig(
                "https://hooks.example.com/mqtt",
                List.of("ClientConnected", "ClientDisconnected"),
                Map.of("Authorization", "Bearer change-me"),
                "change-me-change-me",
                "hook-ca.pem");
        assertThat(bind(keys))
                .isEqualTo(new WebhookEventsConfig(
                        List.of(target), "skep", BatchConfig.DEFAULT, QueueConfig.DEFAULT, RequestConfig.DEFAULT));
    }

    @Test
    void secretsAreInNoMessage() throws Exception {
        assertThat(bind("targets: [{url: 'http://a/b?key=hunter2', secret: hunter2hunter2hunter2}]")
                        .toString())
                .contains("http://a/b")
                .doesNotContain("hunter2");
        assertThatThrownBy(() -> bind("targets: [{url: 'http://a/b', headers: {Key: \"hunter2\\n\"}}]"))
                .hasMessageContaining("headers")
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '|', textBlock = """
            ; targets: 0 (expected: 1 to 20)
            targets: [{url: ftp://a/b}]; url: ftp://a/b (expected: such as
            targets: [{url: 'http://ann:x@a/b'}]; (expected: such as
            targets: [{}]; url: none
            targets: [{url: 'http://a', events: [Connected]}]; events: Connected (expected: some of
            targets: [{url: 'http://a', secret: short}]; secret: short (expected: at least 16 characters)
            targets: [{url: 'http://a', headers: {Host: b}}]; headers: Host
            targets: [{url: 'http://a?1'}, {url: 'http://a?2'}]; targets: twice the same URL
            {targets: [{url: 'http://a'}], source: a b}; source: a b
            {targets: [{url: 'http://a'}], batch: {events-max: 0}}; events-max: 0 (expected: 1 to 10000)
            {targets: [{url: 'http://a'}], queue: {bytes-max: 1KiB}}; bytes-max: 1024
            {targets: [{url: 'http://a'}], request: {retry-max: 100ms}}; retry-max: 100ms (expected: 500ms to 3600000ms)
            {targets: [{url: 'http://a'}], request: {stop-wait: 3s}}; stop-wait: 3000ms (expected: 0ms to 2500ms)
            {targets: [{url: 'http://a'}], retries: 3}; retries: unknown key
            """)
    void aMistakeIsNamed(String text, String problem) {
        assertThatThrownBy(() -> bind(text == null ? "" : text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    private WebhookEventsConfig bind(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("webhook-events.yaml"), text);
        return ConfigBinder.bind(file, WebhookEventsConfig.class);
    }
}
