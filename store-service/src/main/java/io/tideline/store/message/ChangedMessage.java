package io.tideline.store.message;

import io.tideline.core.timeline.SequenceId;

/**
 * A message is as asked for.
 *
 * @param at the seq of the change itself; of one that only the user sees, in his personal timeline
 * @param unchanged it was so before, and nothing was written
 */
public record ChangedMessage(SequenceId at, boolean unchanged) {}
