package io.tideline.sync.consumer;

import java.util.List;

/**
 * What a consumer has to do next. What is not committed comes again.
 *
 * @param hasMore whether to ask again at once, after committing
 */
public record ConsumerPage(List<ConsumerBatch> batches, boolean hasMore) {
    public ConsumerPage {
        batches = List.copyOf(batches);
    }
}
