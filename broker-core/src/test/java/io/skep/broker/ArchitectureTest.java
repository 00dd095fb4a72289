// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.google.inject.Inject;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.netty.channel.EventLoop;
import io.skep.broker.admin.AdminServer;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.hook.Watchdog;
import io.skep.broker.loop.Loops;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.broker.storage.Journal;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;

/** The floors of the design, and which library and which kind of code belongs on which. */
@AnalyzeClasses(packages = "io.skep.broker", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    /**
     * On one floor {@code loop} uses {@code config}, for the number of threads; the rule on cycles keeps it one-way.
     */
    @ArchTest
    static final ArchRule aPackageUsesOnlyItsOwnFloorAndLowerOnes = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("1 codec, config, json, metrics, loop")
            .definedBy(in("codec", "config", "json", "metrics", "loop"))
            .layer("2 hook, security, storage")
            .definedBy(in("hook", "security", "storage"))
            .layer("3 routing")
            .definedBy(in("routing"))
            .layer("4 session")
            .definedBy(in("session"))
            .layer("5 transport")
            .definedBy(in("transport"))
            .layer("6 extension, service, admin, data")
            .definedBy(in("extension", "service", "admin", "data"))
            .layer("7 broker")
            .definedBy("io.skep.broker")
            .whereLayer("7 broker")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("6 extension, service, admin, data")
            .mayOnlyBeAccessedByLayers("7 broker")
            .whereLayer("5 transport")
            .mayOnlyBeAccessedByLayers("6 extension, service, admin, data", "7 broker")
            .whereLayer("4 session")
            .mayOnlyBeAccessedByLayers("5 transport", "6 extension, service, admin, data", "7 broker")
            .whereLayer("3 routing")
            .mayOnlyBeAccessedByLayers("4 session", "5 transport", "6 extension, service, admin, data", "7 broker")
            .whereLayer("2 hook, security, storage")
            .mayOnlyBeAccessedByLayers(
                    "3 routing", "4 session", "5 transport", "6 extension, service, admin, data", "7 broker")
            .ensureAllClassesAreContainedInArchitectureIgnoring("io.skep.sdk..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.skep.broker.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule extensionsAreReachedThroughHooksOnly = noClasses()
            .that()
            .resideInAnyPackage(in("transport", "session", "routing"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(in("extension"));

    @ArchTest
    static final ArchRule guiceWiresAndNothingElse = noClasses()
            .that(not(belongToAnyOf(Broker.class, BrokerModule.class)))
            .should()
            .dependOnClassesThat(resideInAnyPackage("com.google.inject..").and(not(type(Inject.class))));

    @ArchTest
    static final ArchRule fieldsAreNotInjected = noFields().should().beAnnotatedWith(Inject.class);

    @ArchTest
    static final ArchRule methodsAreNotInjected = noMethods().should().beAnnotatedWith(Inject.class);

    @ArchTest
    static final ArchRule pf4jIsKnownToTheExtensionHostOnly = onlyIn("org.pf4j..", "extension");

    @ArchTest
    static final ArchRule jacksonIsKnownToTheConfigurationAndJsonOnly =
            onlyIn("com.fasterxml.jackson..", "config", "json");

    @ArchTest
    static final ArchRule snakeYamlIsKnownToTheConfigurationOnly = onlyIn("org.yaml.snakeyaml..", "config");

    @ArchTest
    static final ArchRule rocksDbIsKnownToTheStorageOnly = onlyIn("org.rocksdb..", "storage");

    @ArchTest
    static final ArchRule nettyIsKnownToWhatMovesBytes = noClasses()
            .that()
            .resideOutsideOfPackages(in("codec", "loop", "routing", "session", "transport", "hook"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    /** A hook's deadline is a timer of the loop that its client lives on. */
    @ArchTest
    static final ArchRule ofNettyHooksKnowTheEventLoopOnly = noClasses()
            .that()
            .resideInAPackage("io.skep.broker.hook")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.netty..")
                    .and(not(type(EventLoop.class)))
                    .and(not(type(io.netty.util.concurrent.ScheduledFuture.class))));

    /** Whoever changes subscriptions takes turns; all else crosses threads by mail. */
    @ArchTest
    static final ArchRule thereIsOneLock = noClasses()
            .that(not(belongToAnyOf(SubscriptionTree.class)))
            .should()
            .dependOnClassesThat(assignableTo(Lock.class)
                    .or(assignableTo(ReadWriteLock.class))
                    .or(assignableTo(StampedLock.class)));

    /** {@link Broker#stop} may be called by the shutdown hook and by a test at once. */
    @ArchTest
    static final ArchRule oneMethodIsSynchronized =
            noMethods().that().areNotDeclaredIn(Broker.class).should().haveModifier(JavaModifier.SYNCHRONIZED);

    /**
     * The journal, the admin socket, the watch over extensions and the watchdog have one each, the loops have theirs,
     * and each extension has its own.
     */
    @ArchTest
    static final ArchRule fiveClassesStartThreads = noClasses()
            .that(not(
                    belongToAnyOf(Journal.class, Loops.class, AdminServer.class, ExtensionHost.class, Watchdog.class)))
            .and()
            .doNotHaveFullyQualifiedName("io.skep.broker.extension.RunningExtension")
            .and()
            .doNotHaveFullyQualifiedName("io.skep.broker.service.Answers")
            .should()
            .dependOnClassesThat(assignableTo(Executors.class)
                    .or(assignableTo(ThreadPoolExecutor.class))
                    .or(assignableTo(ForkJoinPool.class)))
            .orShould()
            .callConstructorWhere(target(owner(assignableTo(Thread.class))));

    private static String[] in(String... names) {
        return Stream.of(names).map(name -> "io.skep.broker." + name + "..").toArray(String[]::new);
    }

    private static ArchRule onlyIn(String library, String... owners) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in(owners))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
