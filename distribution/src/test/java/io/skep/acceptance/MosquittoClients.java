// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.acceptance.Clients.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code mosquitto_pub}, {@code mosquitto_sub} and {@code mosquitto_rr}. */
record MosquittoClients(String version) implements Clients {

    private static final String PACKAGE = "mosquitto-clients";

    /** Runs {@code mosquitto_pub}, with the message in its arguments. */
    static Program publisher(int port, String... arguments) throws IOException {
        return run("mosquitto_pub", port, arguments);
    }

    /** Runs {@code mosquitto_sub}, which says what it does. */
    static Program subscriber(int port, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("-d", "-F", "message %q %r %t %p"));
        Collections.addAll(all, arguments);
        return run("mosquitto_sub", port, all.toArray(String[]::new));
    }

    /** Runs {@code mosquitto_rr}, which publishes a request and writes the response. */
    static Program requester(int port, String... arguments) throws IOException {
        return run("mosquitto_rr", port, arguments);
    }

    private static Program run(String name, int port, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("-h", "127.0.0.1", "-p", Integer.toString(port)));
        Collections.addAll(all, arguments);
        return Program.tool(name, PACKAGE, all);
    }

    @Override
    public String name() {
        return version;
    }

    @Override
    public void publish(int port, Message message) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("-V", version, "-t", message.topic(), "-q", Integer.toString(message.qos()), "-d"));
        arguments.addAll(message.payload().isEmpty() ? List.of("-n") : List.of("-m", message.payload()));
        if (message.retain()) {
            arguments.add("-r");
        }
        try (Program program = publisher(port, arguments.toArray(String[]::new))) {
            assertThat(program.output()).noneMatch(line -> line.contains("failed"));
            assertThat(program.exitCode()).isZero();
        }
    }

    @Override
    public Subscriber subscribe(int port, Plan plan) throws Exception {
        return new ProgramSubscriber(subscriberProcess(port, plan));
    }

    @Override
    public Program subscriberProcess(int port, Plan plan) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-V", version, "-i", plan.clientId()));
        arguments.addAll(List.of("-t", plan.filter(), "-q", Integer.toString(plan.qos())));
        if (!plan.clean()) {
            arguments.add("-c");
        }
        Message will = plan.will();
        if (will != null) {
            arguments.addAll(List.of("--will-topic", will.topic(), "--will-payload", will.payload()));
            arguments.addAll(List.of("--will-qos", Integer.toString(will.qos())));
            arguments.addAll(will.retain() ? List.of("--will-retain") : List.of());
        }
        Program program = subscriber(port, arguments.toArray(String[]::new));
        program.await(ProgramSubscriber.SUBSCRIBED);
        return program;
    }
}
