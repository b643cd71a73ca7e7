package io.tideline.client;

import io.tideline.api.v1.ConsumerBatch;

/** What a named consumer does with what it reads; see {@link MessagingClient#consume}. */
@FunctionalInterface
public interface ConsumerHandler {
    /**
     * Processes entries of one conversation, in order. What is returned from is committed, and what throws comes again,
     * so the same entries may come twice: recognise them by conversation and seq.
     */
    void handle(ConsumerBatch batch) throws Exception;

    /**
     * Something failed, the handler or a call; the loop goes on by itself after a while. Once for each, also a timeline that
     * ends before what was committed of it ({@link TidelineCallException#CHECKPOINT_BEYOND_HEAD}): nothing comes of it until
     * it has grown beyond that, the others go on.
     */
    default void onFailure(Throwable failure) {}
}
