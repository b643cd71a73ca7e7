package io.tideline.core.store;

import org.junit.jupiter.api.AfterEach;

/**
 * What every {@link TimelineStore} with its {@link TimelineDirectory} passes. A subclass names the two; one long-lived
 * store may serve all tests, since each test uses timelines of its own. The store's deduplication window must be longer
 * than the suite runs.
 *
 * <p>After each test every timeline that it wrote to is read from end to end and checked for holes, steps back and
 * repeats.
 */
public abstract class TimelineStoreContract
        implements AppendContract,
                RepeatContract,
                ConcurrencyContract,
                ReadContract,
                HeadContract,
                NamingContract,
                DirectoryContract,
                CountingContract,
                GuardContract,
                AttachmentContract,
                AttributesContract,
                OriginalTimeContract {
    private final TimelineProbe probe = new TimelineProbe(this::store, this::directory);

    protected abstract TimelineStore store();

    protected abstract TimelineDirectory directory();

    @Override
    public final TimelineProbe probe() {
        return probe;
    }

    @AfterEach
    final void verifyEveryTimelineWritten() {
        probe.verify();
    }
}
