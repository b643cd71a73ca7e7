package io.tideline.sync.device;

import io.tideline.core.conversation.DeviceId;
import java.time.Instant;

/**
 * A device that has synced and was not forgotten.
 *
 * @param registered its first sync, or the first one after it was forgotten
 * @param lastSeen a recent sync, to the hour
 * @param generation how often it was forgotten
 */
public record DeviceDescription(DeviceId id, Instant registered, Instant lastSeen, long generation) {}
