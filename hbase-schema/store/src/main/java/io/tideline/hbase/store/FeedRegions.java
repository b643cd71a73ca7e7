package io.tideline.hbase.store;

import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.FeedAnswer;
import io.tideline.hbase.sequencer.FeedQuestion;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The regions as the change feed sees them. */
interface FeedRegions {
    /** A row in each region of a table, the same one for as long as the region begins where it does. */
    CompletableFuture<List<byte[]>> rows(TimelineTable table);

    /**
     * Asks the regions that hold {@code rows}, each the question at the same index. Failures are HBase's own.
     *
     * @return an answer for each, any of which may fail alone
     */
    List<CompletableFuture<FeedAnswer>> ask(TimelineTable table, List<byte[]> rows, List<FeedQuestion> questions);
}
