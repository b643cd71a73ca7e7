package io.tideline.sync.consumer;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;

/**
 * A timeline that ends before what the consumer has committed: it was erased and begun anew, or restored from an older copy.
 * The consumer gets nothing of it until it has grown beyond that, as checkpoints are never lowered.
 *
 * @param committed the consumer's checkpoint
 * @param head the last seq there is
 */
public record ConsumerBeyondHead(TimelineId timeline, SequenceId committed, SequenceId head) {}
