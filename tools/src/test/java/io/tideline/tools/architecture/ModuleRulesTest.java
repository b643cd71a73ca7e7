package io.tideline.tools.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may know whom: the arrows of docs/architecture.md. */
final class ModuleRulesTest {
    /** A module by its package, and the modules it may depend on. What is not named is forbidden. */
    enum Module {
        CORE("io.tideline.core"),
        SEQUENCER("io.tideline.hbase.sequencer"),
        SCHEMA("io.tideline.hbase.schema", CORE, SEQUENCER),
        STORE("io.tideline.hbase.store", CORE, SEQUENCER, SCHEMA),
        CODEC("io.tideline.hbase.codec", CORE, SEQUENCER),
        ARCHIVE("io.tideline.hbase.archive", CORE, SEQUENCER, SCHEMA, STORE, CODEC),
        MEMBERS("io.tideline.hbase.members"),
        EMBEDDED("io.tideline.hbase.embedded"),
        TESTCLUSTER("io.tideline.hbase.testcluster"),
        SYNC_SERVICE("io.tideline.sync", CORE, SEQUENCER, SCHEMA, STORE, CODEC),
        STORE_SERVICE("io.tideline.store", CORE, SEQUENCER, SCHEMA, STORE, CODEC),
        SCHEDULER("io.tideline.scheduler", CORE, SEQUENCER, SCHEMA, STORE, CODEC, STORE_SERVICE),
        PROTO("io.tideline.api.v1"),
        CLIENT("io.tideline.client", PROTO),
        SERVER("io.tideline.api.server", CORE, PROTO, SYNC_SERVICE, STORE_SERVICE, SCHEDULER),
        TOOLS(
                "io.tideline.tools",
                CORE,
                SEQUENCER,
                SCHEMA,
                STORE,
                CODEC,
                ARCHIVE,
                MEMBERS,
                EMBEDDED,
                SYNC_SERVICE,
                STORE_SERVICE,
                SCHEDULER,
                PROTO,
                CLIENT,
                SERVER);

        private final String packageName;

        @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that cannot change
        private final List<Module> known;

        Module(String packageName, Module... known) {
            this.packageName = packageName;
            this.known = List.of(known);
        }

        private boolean holds(JavaClass type) {
            return type.getPackageName().equals(packageName)
                    || type.getPackageName().startsWith(packageName + ".");
        }

        static Optional<Module> of(JavaClass type) {
            return Arrays.stream(values()).filter(module -> module.holds(type)).findFirst();
        }
    }

    private static final String[] VOCABULARY = {"java..", "org.jspecify..", "io.tideline.core.."};

    @Test
    void everyClass_belongsToAModule() {
        assertThat(ProductClasses.ALL.stream()
                        .filter(type -> Module.of(type).isEmpty())
                        .map(JavaClass::getName))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void module_isSeenByTheRules(Module module) {
        assertThat(ProductClasses.ALL).anyMatch(module::holds);
    }

    @ParameterizedTest
    @EnumSource
    void module_knowsOnlyWhatItMay(Module module) {
        DescribedPredicate<JavaClass> forbidden =
                DescribedPredicate.describe("are of modules other than " + module.known, type -> Module.of(type)
                        .filter(other -> other != module && !module.known.contains(other))
                        .isPresent());
        noClasses()
                .that(DescribedPredicate.describe("are of " + module, module::holds))
                .should()
                .dependOnClassesThat(forbidden)
                .check(ProductClasses.ALL);
    }

    @Test
    void core_dependsOnNothingForeign() {
        classes()
                .that()
                .resideInAPackage("io.tideline.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(VOCABULARY)
                .check(ProductClasses.ALL);
    }

    @Test
    void sequencer_dependsOnNothingButHBase() {
        classes()
                .that()
                .resideInAPackage("io.tideline.hbase.sequencer..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "org.apache.hadoop..", "io.tideline.hbase.sequencer..")
                .check(ProductClasses.ALL);
    }

    @Test
    void hbaseTypes_stopAtTheAdapters() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.tideline.hbase..", "io.tideline.tools.serve..", "io.tideline.tools.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.hadoop..", "org.apache.hbase..")
                .check(ProductClasses.ALL);
    }

    @Test
    void transportAndFrameworkTypes_stopAtTheApi() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tideline.api..", "io.tideline.client..", "io.tideline.tools..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "com.google.rpc..", "io.grpc..", "io.micronaut..")
                .check(ProductClasses.ALL);
    }

    @Test
    void searchEngineTypes_stopAtTheirAdapter() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tideline.store.search.lucene..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.lucene..")
                .check(ProductClasses.ALL);
    }

    /** Another engine takes the adapter's place without anybody noticing but who starts it. */
    @Test
    void searchAdapter_isKnownToTheProcessAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tideline.store.search.lucene..", "io.tideline.tools.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tideline.store.search.lucene..")
                .check(ProductClasses.ALL);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("io.tideline.(**)").should().beFreeOfCycles().check(ProductClasses.ALL);
    }

    @Test
    void internalPackages_areNotUsedFromOtherModules() {
        classes().should(leaveOthersInternalPackagesAlone()).check(ProductClasses.ALL);
    }

    private static ArchCondition<JavaClass> leaveOthersInternalPackagesAlone() {
        return new ArchCondition<>("leave internal packages of other modules alone") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> isInternal(dependency.getTargetClass()))
                        .filter(dependency ->
                                !Module.of(dependency.getTargetClass()).equals(Module.of(type)))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static boolean isInternal(JavaClass type) {
        return type.getPackageName().startsWith("io.tideline.")
                && Stream.of(type.getPackageName().split("\\.")).anyMatch("internal"::equals);
    }
}
