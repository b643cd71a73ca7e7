package io.tideline.tools.importing;

import java.time.Duration;
import java.util.Map;

/**
 * What a run has done.
 *
 * @param lines read from the file
 * @param messages events of the wanted kinds
 * @param sent messages that this run has added
 * @param alreadyThere messages that were there before
 * @param joined users added by this run, each time
 * @param left users removed by this run, each time
 * @param notices personal notices that this run has added
 * @param oversized messages left out because of their length
 * @param conversations id and last seq by channel, in the order of the file
 */
public record GroupImportSummary(
        long lines,
        long messages,
        long sent,
        long alreadyThere,
        long joined,
        long left,
        long notices,
        long oversized,
        Map<String, Group> conversations,
        Duration elapsed) {

    /** A group. */
    public record Group(String conversationId, long lastSeq) {}
}
