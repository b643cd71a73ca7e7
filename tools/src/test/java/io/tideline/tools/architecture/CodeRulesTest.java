package io.tideline.tools.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.BaseStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** How code is written, as far as a machine can tell from the classes. */
final class CodeRulesTest {
    /** Everything but what protoc has written. */
    private static final DescribedPredicate<JavaClass> WRITTEN_BY_US = DescribedPredicate.describe(
            "are written by us", type -> !type.getPackageName().equals("io.tideline.api.v1"));

    /** Words that say nothing about what a class is for. */
    private static final String EMPTY_NAMES = ".*(Impl|Utils?|Helper|Manager)";

    @Test
    void packages_areNullMarked() {
        classes().that(WRITTEN_BY_US).should(beInANullMarkedPackage()).check(ProductClasses.ALL);
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package whose package-info is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage home = type.getPackage();
                boolean marked = home.tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                if (!marked) {
                    events.add(SimpleConditionEvent.violated(type, home.getName() + " is not @NullMarked"));
                }
            }
        };
    }

    @Test
    void names_saySomething() {
        noClasses()
                .that(WRITTEN_BY_US)
                .should()
                .haveNameMatching(EMPTY_NAMES)
                .because("a class is named for what it is")
                .check(ProductClasses.ALL);
    }

    @Test
    void frameworkAnnotations_stayInTheWiring() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..wiring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.inject..", "javax.inject..", "io.micronaut.context.annotation..")
                .check(ProductClasses.ALL);
    }

    @Test
    void dependencies_comeThroughConstructors() {
        fields().that()
                .areDeclaredInClassesThat(WRITTEN_BY_US)
                .should()
                .notBeAnnotatedWith("jakarta.inject.Inject")
                .andShould()
                .notBeAnnotatedWith("javax.inject.Inject")
                .andShould()
                .notBeAnnotatedWith("io.micronaut.context.annotation.Value")
                .andShould()
                .notBeAnnotatedWith("io.micronaut.context.annotation.Property")
                .check(ProductClasses.ALL);
        methods()
                .that()
                .areDeclaredInClassesThat(WRITTEN_BY_US)
                .should()
                .notBeAnnotatedWith("jakarta.inject.Inject")
                .check(ProductClasses.ALL);
    }

    @Test
    void standardStreams_belongToMains() {
        noClasses()
                .that(DescribedPredicate.describe("have no main method", CodeRulesTest::isNoMain))
                .and()
                // The library of the progress bar writes to a PrintStream and to nothing else.
                .doNotHaveFullyQualifiedName("io.tideline.tools.command.ImportProgress")
                .and()
                .doNotHaveFullyQualifiedName("io.tideline.tools.history.OperationFollower$Bar")
                .and()
                // Says in a shutdown hook what it could not delete: the command line's own writers are gone by then.
                .doNotHaveFullyQualifiedName("io.tideline.tools.bench.BenchProcesses")
                .should(ACCESS_STANDARD_STREAMS)
                .because("what a library prints, nobody can redirect")
                .check(ProductClasses.ALL);
    }

    private static boolean isNoMain(JavaClass type) {
        JavaClass outermost = type;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost.getMethods().stream()
                .noneMatch(method ->
                        method.getName().equals("main") && method.getModifiers().contains(JavaModifier.STATIC));
    }

    @Test
    void asynchronousStages_nameTheirExecutor() {
        noClasses()
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "it runs on the common pool", call -> usesCommonPool(call.getTarget())))
                .because("the common pool belongs to everybody: nobody bounds, names or stops it")
                .check(ProductClasses.ALL);
    }

    private static boolean usesCommonPool(CodeUnitCallTarget target) {
        boolean unbound = target.getOwner().isAssignableTo(CompletionStage.class)
                && target.getName().endsWith("Async")
                && target.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Executor.class));
        boolean parallel = target.getName().equals("parallelStream");
        boolean madeParallel = target.getOwner().isAssignableTo(BaseStream.class)
                && target.getName().equals("parallel");
        boolean itself = target.getOwner().isEquivalentTo(ForkJoinPool.class)
                && target.getName().equals("commonPool");
        return unbound || parallel || madeParallel || itself;
    }

    @Test
    void asynchronousStages_doNotSleep() {
        noClasses()
                .that(DescribedPredicate.describe("are of the services", type -> type.getPackageName()
                        .matches("io\\.tideline\\.(core|sync|store|scheduler|api|client|hbase\\.(store|sequencer)).*")))
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .check(ProductClasses.ALL);
    }

    @Test
    void exit_belongsToMains() {
        noClasses()
                .that(DescribedPredicate.describe("have no main method", CodeRulesTest::isNoMain))
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(ProductClasses.ALL);
    }
}
