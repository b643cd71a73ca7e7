package io.tideline.sync.device;

import io.tideline.core.timeline.SequenceId;

/**
 * What a device whose inbox checkpoint is older than what the inbox keeps has to expect: the server looks at the head of
 * every conversation instead, so that the pages that follow miss nothing.
 *
 * @param checkpoint the device's inbox checkpoint
 * @param oldestAvailable the first seq that the inbox still has
 * @param conversations how many conversations are looked at
 */
public record RebuildPlan(SequenceId checkpoint, SequenceId oldestAvailable, int conversations) {}
