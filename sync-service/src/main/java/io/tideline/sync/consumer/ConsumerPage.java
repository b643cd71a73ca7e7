package io.tideline.sync.consumer;

import java.util.List;

/**
 * What a consumer has to do next. What is not committed comes again.
 *
 * @param beyondHead what it cannot go on with, as far as it was looked at, at most {@value #MAX_BEYOND_HEAD}
 * @param hasMore whether to ask again at once, after committing
 */
public record ConsumerPage(List<ConsumerBatch> batches, List<ConsumerBeyondHead> beyondHead, boolean hasMore) {
    public static final int MAX_BEYOND_HEAD = 100;

    public ConsumerPage {
        batches = List.copyOf(batches);
        beyondHead = List.copyOf(beyondHead);
    }
}
