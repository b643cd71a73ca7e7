package io.tideline.scheduler;

import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;

/** What the scheduler works on, all of one installation. */
public record SchedulerPorts(
        TimelineStore store,
        RecordStore records,
        TableTier hot,
        WarmTier warm,
        WatermarkStore watermarks,
        ActivityIndex activity) {}
