package io.tideline.scheduler;

import java.util.Optional;

/**
 * What the scheduler of an installation does.
 *
 * @param paused whether passes neither begin nor go on
 * @param worker the process in the middle of a pass, or one that died in it less than a lease ago; empty when nothing is
 *     under way
 */
public record SchedulerStatus(boolean paused, Optional<String> worker) {}
