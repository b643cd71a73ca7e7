package io.tideline.hbase.store;

import io.tideline.hbase.testcluster.SeparateCluster;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** When a test fails, the state of the separate clusters is written down before anything is stopped. */
public final class DiagnosedOnFailure implements TestExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        try {
            SeparateCluster.diagnose();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }
}
