// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/extension-process.yaml} says:
 *
 * <pre>{@code
 * address: 127.0.0.1:7070
 * hooks: [authenticate, publish, events]
 * on-failure:
 *   publish: next
 * }</pre>
 *
 * @param address of the program, host and port
 * @param hooks which ones the program may have
 * @param authenticationMethods of MQTT 5.0, for {@code enhanced-authenticate}
 * @param order of its hooks among those of other extensions
 * @param deadline of each call
 * @param publishTopicFilter what the program may intercept at most
 * @param onFailure what a call counts as that was not answered
 * @param tls how the connection is secured; null for plain text
 * @param limits of calls, events and connections
 */
public record ProcessConfig(
        String address,
        List<HookKind> hooks,
        List<String> authenticationMethods,
        int order,
        Duration deadline,
        String publishTopicFilter,
        OnFailure onFailure,
        @Nullable TlsConfig tls,
        Limits limits) {

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:/\\[\\]]+):([0-9]{1,5})");
    private static final int PORT_MAX = 65_535;

    /** Fills in what is left out, and checks the rest. */
    public ProcessConfig {
        address = address == null ? "127.0.0.1:7070" : address;
        hooks = hooks == null ? List.of() : hooks.stream().distinct().toList();
        authenticationMethods = authenticationMethods == null
                ? List.of()
                : authenticationMethods.stream().distinct().toList();
        deadline = deadline == null ? Duration.ofSeconds(2) : deadline;
        publishTopicFilter = publishTopicFilter == null ? "#" : publishTopicFilter;
        onFailure = onFailure == null ? OnFailure.DEFAULT : onFailure;
        limits = limits == null ? Limits.DEFAULT : limits;
        Matcher parts = HOST_AND_PORT.matcher(address);
        int port = parts.matches() ? Integer.parseInt(parts.group(2)) : 0;
        if (port < 1 || port > PORT_MAX) {
            throw Checks.wrong("address", "'" + address + "'", "host and port, such as 127.0.0.1:7070");
        }
        if (hooks.isEmpty()) {
            throw Checks.wrong(
                    "hooks",
                    "none",
                    "some of authenticate, enhanced-authenticate, authorize, publish, events, connect, subscribe and"
                            + " unsubscribe");
        }
        if (hooks.contains(HookKind.ENHANCED_AUTHENTICATE) == authenticationMethods.isEmpty()) {
            throw Checks.wrong(
                    "authentication-methods",
                    authenticationMethods.toString(),
                    "those of the hook enhanced-authenticate, and none without it");
        }
        Checks.range("deadline", deadline, Duration.ofMillis(10), Duration.ofMinutes(5));
        TopicFilter.of(publishTopicFilter);
    }

    String host() {
        return address.substring(0, address.lastIndexOf(':'));
    }
}
