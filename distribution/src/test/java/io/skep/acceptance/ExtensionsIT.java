// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JARs in {@code extensions/}: those that come with Skep, and one that somebody wrote. */
class ExtensionsIT {

    private static final String ANYWHERE = """
            listeners:
              - address: 0.0.0.0
                port: 0
            """;

    @TempDir
    Path folder;

    private Installation skep;

    @BeforeEach
    void install() throws Exception {
        skep = new Installation(folder);
    }

    @Test
    void withoutAnExtensionThatAuthenticatesOnlyThisMachineIsServed() throws Exception {
        skep.write("conf/skep.yaml", ANYWHERE);
        try (SkepProcess broker = skep.start(new String[0])) {
            broker.await(Pattern.compile(".*WARN .* bound to 127.0.0.1 instead of 0.0.0.0, .* auth-file .*"));
            assertThat(broker.address("tcp").host()).isEqualTo("/127.0.0.1");
            assertThat(publish(broker, "anybody", "", "any/where")).isZero();
        }
    }

    @Test
    void allowAllOpensTheBrokerToEverybody() throws Exception {
        skep.enable("allow-all").write("conf/skep.yaml", ANYWHERE);
        try (SkepProcess broker = skep.start(new String[0])) {
            assertThat(broker.address("tcp").host()).isIn("/0.0.0.0", "/[0:0:0:0:0:0:0:0]"); // by its IP version
            assertThat(publish(broker, "anybody", "", "any/where")).isZero();
        }
    }

    @Test
    void helloWorldLetsHelloInBelowItsTopic() throws Exception {
        skep.enable("hello-world");
        try (SkepProcess broker = skep.start();
                Program subscriber = MosquittoClients.subscriber(
                        broker.port(), "-u", "hello", "-P", "world", "-q", "1", "-t", "hello/#")) {
            subscriber.await(ProgramSubscriber.SUBSCRIBED);
            assertThat(publish(broker, "hello", "there", "hello/you")).isEqualTo(4);
            assertThat(publish(broker, "hello", "world", "bye/you")).isZero();
            assertThat(publish(broker, "hello", "world", "hello/you")).isZero();
            assertThat(new ProgramSubscriber(subscriber).next().topic()).isEqualTo("hello/you");
        }
    }

    @Test
    void topicRewriteGivesClientsOtherTopicsByRulesThatMayChange() throws Exception {
        skep.enable("topic-rewrite")
                .write(
                        "conf/extensions/topic-rewrite.yaml",
                        Files.readString(skep.home().resolve("extensions-available/topic-rewrite.yaml")));
        try (SkepProcess broker = skep.start();
                Program ann = MosquittoClients.subscriber(broker.port(), "-u", "ann", "-q", "1", "-t", "own/#");
                Program all = MosquittoClients.subscriber(broker.port(), "-q", "1", "-t", "#")) {
            ann.await(ProgramSubscriber.SUBSCRIBED);
            all.await(ProgramSubscriber.SUBSCRIBED);
            assertThat(publish(broker, "ann", "", "own/mood")).isZero();
            assertThat(new ProgramSubscriber(ann).next().topic()).isEqualTo("own/mood"); // restored for ann
            assertThat(new ProgramSubscriber(all).next().topic()).isEqualTo("users/ann/mood");
            skep.write("conf/extensions/topic-rewrite.yaml", "rules: [{from: old/+, to: newer/$1}]");
            broker.await(Pattern.compile(".*topic-rewrite: 1 rules"));
            assertThat(publish(broker, "ben", "", "old/mood")).isZero();
            assertThat(new ProgramSubscriber(all).next().topic()).isEqualTo("newer/mood");
        }
    }

    @Test
    void aJarThatSomebodyWroteDecidesWhoConnectsAndWhoPublishesWhere() throws Exception {
        Path jar = buildJar();
        Files.copy(jar, skep.home().resolve("extensions/plant-gate.jar"));
        try (SkepProcess broker = skep.start()) {
            broker.await(Pattern.compile(".*extension plant-gate 1.0.0 runs"));
            try (Program subscriber = MosquittoClients.subscriber(
                    broker.port(), "-u", "press", "-P", "s3cret", "-q", "1", "-t", "plant/#")) {
                subscriber.await(Pattern.compile("Subscribed \\(mid: 1\\): 1"));
                assertThat(publish(broker, "press", "wrong", "plant/press/heat"))
                        .isEqualTo(5);
                assertThat(publish(broker, "press", "s3cret", "plant/drill/heat"))
                        .isZero();
                assertThat(publish(broker, "press", "s3cret", "plant/press/heat"))
                        .isZero();
                assertThat(new ProgramSubscriber(subscriber).next())
                        .isEqualTo(new Message("plant/press/heat", "from press", 1, false));
            }
        }
    }

    /** Builds an extension outside of the project, with a JDK and one JAR of the distribution. */
    private Path buildJar() throws Exception {
        Path project = Files.createDirectories(folder.resolve("plant-gate/com/example"));
        Files.writeString(project.resolve("PlantGate.java"), """
                package com.example;

                import io.skep.sdk.Extension;
                import io.skep.sdk.ExtensionContext;
                import io.skep.sdk.ReasonCode;
                import io.skep.sdk.auth.Action;
                import io.skep.sdk.auth.Decision;
                import io.skep.sdk.auth.Permission;
                import io.skep.sdk.auth.Permissions;

                public final class PlantGate implements Extension {

                    @Override
                    public void start(ExtensionContext context) {
                        context.hooks().authenticator(login -> {
                            String user = login.client().userName();
                            if (!login.passwordText().equals("s3cret")) {
                                return Decision.deny(ReasonCode.NOT_AUTHORIZED, "not from this plant");
                            }
                            return Decision.allow(Permissions.of(
                                    Permission.allow("plant/" + user + "/#", Action.PUBLISH),
                                    Permission.allow("plant/#", Action.SUBSCRIBE)));
                        });
                    }
                }
                """);
        Path home = folder.resolve("plant-gate");
        Files.writeString(home.resolve("manifest.txt"), """
                Plugin-Id: plant-gate
                Plugin-Version: 1.0.0
                Plugin-Class: com.example.PlantGate
                """);
        String sdk = skep.find("lib", "skep-extension-sdk-").toString();
        jdk(home, "javac", "-cp", sdk, "-d", "classes", "com/example/PlantGate.java");
        jdk(home, "jar", "--create", "--file", "gate.jar", "--manifest", "manifest.txt", "-C", "classes", ".");
        return home.resolve("gate.jar");
    }

    private static void jdk(Path folder, String tool, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, Path.of(System.getProperty("java.home"), "bin", tool).toString());
        try (Program program = Program.start(folder, Map.of(), command)) {
            assertThat(program.exitCode()).as("%s", program.output()).isZero();
        }
    }

    private static int publish(SkepProcess broker, String user, String password, String topic) throws Exception {
        try (Program publisher = MosquittoClients.publisher(
                broker.port(), "-u", user, "-P", password, "-q", "1", "-t", topic, "-m", "from " + user)) {
            return publisher.exitCode();
        }
    }
}
