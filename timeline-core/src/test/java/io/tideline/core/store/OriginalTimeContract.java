package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Imported entries bring their time along: in receipts, entries and heads the same, and never falling. */
interface OriginalTimeContract {
    Instant THEN = Instant.parse("2004-11-23T23:59:59.123Z");

    TimelineProbe probe();

    @Test
    default void originalTime_ofImportedEntries_isTheirServerTime() {
        TimelineId timeline = probe().fresh();

        List<Receipt> receipts = probe().append(
                        timeline,
                        imported("a", THEN),
                        imported("b", THEN.plusNanos(999_999)),
                        imported("c", THEN.plusMillis(1)));

        assertThat(receipts).extracting(Receipt::serverTime).containsExactly(THEN, THEN, THEN.plusMillis(1));
        assertThat(probe().readAll(timeline))
                .extracting(Entry::serverTime)
                .containsExactly(THEN, THEN, THEN.plusMillis(1));
        assertThat(probe().heads(timeline).get(timeline).lastTime()).isEqualTo(THEN.plusMillis(1));
    }

    @Test
    default void originalTime_beforeThatOfTheEntryBefore_isRaisedToIt() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, imported("a", THEN));

        List<Receipt> receipts = probe().append(
                        timeline,
                        imported("b", THEN.minusSeconds(1)),
                        imported("c", Instant.EPOCH),
                        imported("d", THEN));

        assertThat(receipts).extracting(Receipt::serverTime).containsOnly(THEN);
    }

    @Test
    default void originalTime_amongEntriesOfThePresent_neverLetsTimeFall() {
        TimelineId timeline = probe().fresh();

        List<Receipt> receipts = probe().append(
                        timeline,
                        imported("a", THEN),
                        NewEntry.text("alice", "b", "now"),
                        imported("c", THEN.plusSeconds(1)));

        assertThat(receipts.get(0).serverTime()).isEqualTo(THEN);
        assertThat(receipts.get(1).serverTime()).isAfter(THEN.plus(Duration.ofDays(1)));
        assertThat(receipts.get(2).serverTime()).isEqualTo(receipts.get(1).serverTime());
    }

    @Test
    default void originalTime_ofTheFuture_isNotBelieved() {
        TimelineId timeline = probe().fresh();
        Instant future = Instant.now().plus(Duration.ofDays(10));

        probe().append(timeline, imported("a", future));

        assertThat(probe().heads(timeline).get(timeline).lastTime()).isBefore(future.minus(Duration.ofDays(9)));
    }

    @Test
    default void originalTime_ofRepeats_isThatOfTheFirstCommit() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, imported("a", THEN));

        List<Receipt> again = probe().append(timeline, imported("a", THEN.plusSeconds(5)), imported("b", THEN));

        assertThat(again).extracting(Receipt::repeated).containsExactly(true, false);
        assertThat(again).extracting(Receipt::serverTime).containsOnly(THEN);
        assertThat(probe().append(timeline, NewEntry.text("alice", "a", "text of a")))
                .extracting(Receipt::repeated)
                .containsExactly(true);
    }

    private static NewEntry imported(String id, Instant time) {
        return NewEntry.text("alice", id, "text of " + id).withOriginalTime(time);
    }
}
