// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project that the archetype makes, from its first command to a second version in a broker that runs. */
class ArchetypeIT {

    private static final String ARCHETYPE = "org.apache.maven.plugins:maven-archetype-plugin:3.4.1:generate";

    @TempDir
    Path folder;

    private Installation skep;
    private MavenBuild maven;

    @BeforeEach
    void install() throws Exception {
        skep = new Installation(folder);
        maven = new MavenBuild(folder)
                .has("skep-parent", "")
                .has("skep-extension-archetype", "extension-archetype")
                .has("skep-extension-sdk", "extension-sdk")
                .has("skep-extension-testkit", "extension-testkit")
                .has("skep-broker-core", "broker-core");
    }

    @Test
    void aNewProjectIsBuiltAndTestedAndRunsInABrokerThatRuns() throws Exception {
        maven.run(
                folder,
                ARCHETYPE,
                "-DarchetypeGroupId=io.skep",
                "-DarchetypeArtifactId=skep-extension-archetype",
                "-DarchetypeVersion=" + MavenBuild.version(),
                "-DgroupId=org.example",
                "-DartifactId=plant-gate",
                "-Dpackage=org.example.plant",
                "-DclassName=PlantGate");
        Path project = folder.resolve("plant-gate");
        try (SkepProcess broker = skep.start()) {
            Files.copy(
                    project.resolve("src/main/conf/plant-gate.yaml"),
                    skep.home().resolve("conf/extensions/plant-gate.yaml"));
            maven.run(project, "package", "-Dskep.home=" + skep.home());
            assertThat(project.resolve("target/surefire-reports/org.example.plant.PlantGateTest.txt"))
                    .content()
                    .contains("Tests run: 4, Failures: 0, Errors: 0, Skipped: 0");
            broker.await(Pattern.compile(".*extension plant-gate 1\\.0\\.0 .*"));
            assertThat(publish(broker, "guess")).isEqualTo(4);
            assertThat(publish(broker, "change-me")).isZero();

            Path pom = project.resolve("pom.xml");
            Files.writeString(
                    pom,
                    Files.readString(pom).replaceFirst("<version>1\\.0\\.0</version>", "<version>1.1.0</version>"));
            maven.run(project, "package", "-DskipTests", "-Dskep.home=" + skep.home());
            broker.await(Pattern.compile(".*extension plant-gate 1\\.1\\.0 .*"));
            assertThat(publish(broker, "change-me")).isZero();
        }
    }

    private static int publish(SkepProcess broker, String password) throws Exception {
        try (Program publisher = MosquittoClients.publisher(
                broker.port(), "-u", "ann", "-P", password, "-q", "1", "-t", "users/ann/mood", "-m", "happy")) {
            return publisher.exitCode();
        }
    }
}
