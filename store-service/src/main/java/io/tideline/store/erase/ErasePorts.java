package io.tideline.store.erase;

import io.tideline.core.erase.ColdErasure;
import io.tideline.core.erase.ErasureListener;
import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.WatermarkStore;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an erasure reaches besides timelines and records.
 *
 * @param hot of all families: inboxes and personal timelines too
 * @param files empty without an archive: then nothing of a timeline that has entries in files can be erased
 * @param listeners hear of every erased entry
 * @param purges rewrite the storage's files afterwards
 */
public record ErasePorts(
        TimelineDirectory directory,
        TableTier hot,
        TableTier warm,
        Optional<ColdErasure> files,
        WatermarkStore watermarks,
        List<ErasureListener> listeners,
        List<PhysicalPurge> purges) {
    public ErasePorts {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(hot, "hot");
        Objects.requireNonNull(warm, "warm");
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(watermarks, "watermarks");
        listeners = List.copyOf(listeners);
        purges = List.copyOf(purges);
    }
}
