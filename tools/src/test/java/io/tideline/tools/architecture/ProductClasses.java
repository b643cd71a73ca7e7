package io.tideline.tools.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** The classes of all modules, without their tests; read once for all rules. */
final class ProductClasses {
    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(ProductClasses::isNoTestJar)
            .importPackages("io.tideline");

    private ProductClasses() {}

    private static boolean isNoTestJar(Location location) {
        return !location.contains("-tests.jar");
    }
}
