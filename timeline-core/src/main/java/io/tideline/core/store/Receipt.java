package io.tideline.core.store;

import io.tideline.core.timeline.SequenceId;
import java.time.Instant;

/**
 * What became of one appended entry.
 *
 * @param repeated true when this entry had been committed before; seq and time are then those of the first commit
 */
public record Receipt(SequenceId seq, Instant serverTime, boolean repeated) {}
