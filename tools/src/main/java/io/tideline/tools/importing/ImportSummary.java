package io.tideline.tools.importing;

import io.tideline.api.v1.TimelineName;
import java.time.Duration;
import java.util.Map;

/**
 * What a run has done.
 *
 * @param lines read from the file
 * @param messages events of the wanted kinds with a text
 * @param appended messages that this run has added
 * @param alreadyThere messages that were there before, skipped or recognised by the server
 * @param otherKinds events of kinds that were not wanted
 * @param withoutText messages among them without a text, imported as empty ones
 * @param oversized messages left out because of their length
 * @param heads the last seq that this run knows, by timeline, in the order of the file
 */
public record ImportSummary(
        long lines,
        long messages,
        long appended,
        long alreadyThere,
        long otherKinds,
        long withoutText,
        long oversized,
        Map<TimelineName, Long> heads,
        Duration elapsed) {

    /** Messages appended in a second, 0 when there was no time to tell. */
    public double appendedPerSecond() {
        return elapsed.isZero() ? 0 : appended * 1e9 / elapsed.toNanos();
    }
}
