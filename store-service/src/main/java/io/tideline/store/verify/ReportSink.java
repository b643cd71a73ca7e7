package io.tideline.store.verify;

import java.util.concurrent.CompletableFuture;

/** Takes reports at its own pace. */
public interface ReportSink {
    /** Takes one; the next is not made before the future completes. A failure ends the run. */
    CompletableFuture<?> accept(VerifiedTimeline report);
}
