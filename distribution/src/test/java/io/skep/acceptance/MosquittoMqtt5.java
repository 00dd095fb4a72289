// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.acceptance.Mqtt5Message.Properties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code mosquitto_sub}, which connects when it is told what to subscribe to, and {@code mosquitto_pub} beside it, with
 * a connection of its own for each message. They do not show what CONNACK says.
 */
record MosquittoMqtt5() implements Mqtt5Clients {

    private static final Pattern ACKNOWLEDGED =
            Pattern.compile(".* received (?:PUBACK|PUBCOMP) \\(Mid: 1, RC:(\\d+)\\)");
    private static final Pattern SUBSCRIBED = Pattern.compile("Subscribed \\(mid: 1\\): (\\d+)");
    private static final Pattern DISCONNECTED = Pattern.compile("Received DISCONNECT \\((\\d+)\\)");
    private static final Pattern MESSAGE = Pattern.compile("message ([012])\\|([01])\\|(.*)");

    @Override
    public String name() {
        return "mosquitto";
    }

    @Override
    public Mqtt5Connection connect(Connect how) throws Exception {
        var connection = new Connection(how);
        if (!how.cleanStart()) {
            connection.subscribe(Subscribe.to("nothing")); // it has to; what it subscribed to before is in its session
        }
        return connection;
    }

    /** Runs {@code mosquitto_rr}: it publishes a request and writes the response and its correlation data. */
    Program request(int port, String topic, String responseTopic, String correlationData) throws IOException {
        List<String> options = new ArrayList<>(List.of("-V", "5", "-u", USER, "-P", PASSWORD, "-q", "1"));
        Collections.addAll(options, "-t", topic, "-e", responseTopic, "-m", "may I?", "-F", "%p to %D");
        add(options, "publish", "correlation-data", correlationData);
        return MosquittoClients.requester(port, options.toArray(String[]::new));
    }

    private static List<String> options(String command, Properties properties) {
        List<String> options = new ArrayList<>();
        if (properties.expirySeconds() > 0) {
            add(options, command, "message-expiry-interval", Long.toString(properties.expirySeconds()));
        }
        add(options, command, "content-type", properties.contentType());
        add(options, command, "response-topic", properties.responseTopic());
        add(options, command, "correlation-data", properties.correlationData());
        for (String pair : properties.user()) {
            add(options, command, "user-property", pair.split("=", 2));
        }
        return options;
    }

    private static void add(List<String> options, String command, String name, @Nullable String... values) {
        if (Stream.of(values).allMatch(value -> value != null)) {
            Collections.addAll(options, "-D", command, name);
            Collections.addAll(options, values);
        }
    }

    private static String[] login(List<String> options) {
        return Stream.concat(Stream.of("-V", "5", "-u", USER, "-P", PASSWORD, "-d"), options.stream())
                .toArray(String[]::new);
    }

    /** The subscriber, once there is one. */
    private static final class Connection implements Mqtt5Connection {

        private final Connect how;
        private @Nullable Program subscriber;

        private Connection(Connect how) {
            this.how = how;
        }

        @Override
        public Announced announced() {
            throw new UnsupportedOperationException("mosquitto_sub does not show it");
        }

        @Override
        public int subscribe(Subscribe what) throws Exception {
            List<String> options = connecting();
            Collections.addAll(options, "-t", what.filter(), "-q", Integer.toString(what.qos()));
            Collections.addAll(options, "-F", "message %q|%r|%t|%E|%C|%R|%D|%P|%S|%p");
            if (what.identifier() > 0) {
                add(options, "subscribe", "subscription-identifier", Integer.toString(what.identifier()));
            }
            if (what.retainAsPublished()) {
                options.add("--retain-as-published");
            }
            subscriber = MosquittoClients.subscriber(how.port(), login(options));
            return Integer.parseInt(subscriber.await(SUBSCRIBED).group(1));
        }

        private List<String> connecting() {
            List<String> options = new ArrayList<>(List.of("-i", how.clientId()));
            if (!how.cleanStart()) {
                options.add("-c");
            }
            Collections.addAll(options, "-x", Long.toString(how.sessionExpirySeconds()));
            Will will = how.will();
            if (will != null) {
                Mqtt5Message message = will.message();
                Collections.addAll(options, "--will-topic", message.topic(), "--will-payload", message.payload());
                Collections.addAll(options, "--will-qos", Integer.toString(message.qos()));
                add(options, "will", "will-delay-interval", Integer.toString(will.delaySeconds()));
                options.addAll(options("will", message.properties()));
            }
            return options;
        }

        @Override
        public int publish(Mqtt5Message message) throws Exception {
            List<String> options = new ArrayList<>(options("publish", message.properties()));
            Collections.addAll(options, "-t", message.topic(), "-m", message.payload());
            Collections.addAll(options, "-q", Integer.toString(message.qos()));
            if (message.retain()) {
                options.add("-r");
            }
            try (Program publisher = MosquittoClients.publisher(how.port(), login(options))) {
                return message.qos() == 0 ? publisher.exitCode() : number(publisher.await(ACKNOWLEDGED));
            }
        }

        private static int number(Matcher matcher) {
            return Integer.parseInt(matcher.group(1));
        }

        @Override
        public Mqtt5Message next() throws InterruptedException {
            Matcher line = subscriber().await(MESSAGE);
            String[] fields = line.group(3).split("\\|", 8);
            var properties = new Properties(
                    fields[1].isEmpty() ? 0 : Long.parseLong(fields[1]),
                    said(fields[2]),
                    said(fields[3]),
                    said(fields[4]),
                    words(fields[5]).map(pair -> pair.replaceFirst(":", "=")).toList(),
                    words(fields[6]).map(Integer::valueOf).toList(),
                    0);
            return new Mqtt5Message(
                    fields[0],
                    fields[7],
                    Integer.parseInt(line.group(1)),
                    line.group(2).equals("1"),
                    properties);
        }

        private static @Nullable String said(String field) {
            return field.isEmpty() ? null : field;
        }

        private static Stream<String> words(String field) {
            return Stream.of(field.split(" ")).filter(word -> !word.isEmpty());
        }

        private Program subscriber() {
            Program program = subscriber;
            if (program == null) {
                throw new IllegalStateException("mosquitto_sub: none (expected: subscribe() before)");
            }
            return program;
        }

        @Override
        public void acknowledge() {
            throw new UnsupportedOperationException("mosquitto_sub acknowledges by itself");
        }

        @Override
        public int disconnected() throws InterruptedException {
            return number(subscriber().await(DISCONNECTED));
        }

        @Override
        public void leaveWithWill() {
            subscriber().terminate();
            assertThat(subscriber().exitCode()).isZero();
        }

        @Override
        public void close() {
            if (subscriber != null) {
                subscriber.close();
            }
        }
    }
}
