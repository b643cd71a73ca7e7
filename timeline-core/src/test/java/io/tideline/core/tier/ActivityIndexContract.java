package io.tideline.core.tier;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex.Activity;
import io.tideline.core.tier.ActivityIndex.ActivityPage;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ActivityIndex} passes, together with the store that feeds it. One long-lived store may serve all tests:
 * each has timelines of its own, and looks at no others.
 */
public interface ActivityIndexContract {
    LocalDate DAY = LocalDate.parse("2011-02-03");

    ActivityIndex activity();

    TimelineStore store();

    /** Lets go of the entries of the hot tier up to {@code through}. */
    void release(TimelineId timeline, long through);

    @Test
    default void through_daysOfATimeline_areThoseOfItsEntriesInOrder() {
        TimelineId timeline = conversation();
        append(timeline, DAY, DAY, DAY.plusDays(1), DAY.plusDays(40));
        append(timeline, DAY.plusDays(40));

        assertThat(days(timeline, DAY.plusDays(40))).containsExactly(DAY, DAY.plusDays(1), DAY.plusDays(40));
        assertThat(days(timeline, DAY.plusDays(39))).containsExactly(DAY, DAY.plusDays(1));
        assertThat(days(timeline, DAY.minusDays(1))).isEmpty();
        assertThat(days(timeline, LocalDate.parse("1969-12-31"))).isEmpty();
        assertThat(days(timeline, LocalDate.MAX)).hasSize(3);
    }

    @Test
    default void through_entriesOfThePresent_areOfTheirServerTimesDay() {
        TimelineId timeline = conversation();
        Instant time = TimelineProbe.receipts(
                        await(store().append(TimelineAppend.of(timeline, NewEntry.text("alice", "a", "now")), soon())))
                .get(0)
                .serverTime();

        assertThat(days(timeline, LocalDate.MAX)).containsExactly(LocalDate.ofInstant(time, ZoneOffset.UTC));
    }

    @Test
    default void through_familiesWithoutTiers_areNotThere() {
        TimelineId inbox = TimelineId.inbox("activity", UUID.randomUUID().toString());
        TimelineId personal = new TimelineId(
                new AppId("activity"),
                TimelineFamily.PERSONAL,
                UUID.randomUUID().toString());
        append(inbox, DAY);
        append(personal, DAY);

        assertThat(days(inbox, LocalDate.MAX)).isEmpty();
        assertThat(days(personal, LocalDate.MAX)).containsExactly(DAY);
    }

    @Test
    default void through_pageByPage_meetsEachDayOnceAndTimelinesAsAWhole() {
        List<TimelineId> timelines = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            timelines.add(conversation());
            append(timelines.get(i), DAY, DAY.plusDays(1), DAY.plusDays(2));
        }

        List<Activity> all = through(DAY.plusDays(1), 10_000);
        List<Activity> paged = through(DAY.plusDays(1), 3);

        assertThat(paged).isEqualTo(all).doesNotHaveDuplicates();
        List<TimelineId> inOrder = paged.stream()
                .map(Activity::timeline)
                .filter(timelines::contains)
                .toList();
        assertThat(inOrder).hasSize(10);
        for (int i = 0; i < inOrder.size(); i += 2) {
            assertThat(inOrder.get(i)).isEqualTo(inOrder.get(i + 1));
        }
    }

    @Test
    default void through_sizeOutOfBounds_isRefused() {
        for (int max : new int[] {0, -1, ActivityIndex.MAX_PAGE + 1}) {
            assertThatThrownBy(() -> activity().through(DAY, Optional.empty(), max, soon()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void settle_releasedDays_areForgotten() {
        TimelineId timeline = conversation();
        TimelineId other = conversation();
        append(timeline, DAY, DAY.plusDays(1), DAY.plusDays(2));
        append(other, DAY);
        release(timeline, 2);

        settle(timeline, DAY);
        assertThat(days(timeline, LocalDate.MAX)).containsExactly(DAY.plusDays(1), DAY.plusDays(2));
        settle(timeline, DAY.plusDays(1));
        settle(timeline, DAY.plusDays(1));
        settle(timeline, LocalDate.parse("1969-12-31"));

        assertThat(days(timeline, LocalDate.MAX)).containsExactly(DAY.plusDays(2));
        assertThat(days(other, LocalDate.MAX)).containsExactly(DAY);
    }

    @Test
    default void settle_everythingReleased_forgetsTheTimelineUntilItGoesOn() {
        TimelineId timeline = conversation();
        append(timeline, DAY, DAY.plusDays(2));
        release(timeline, 2);

        settle(timeline, DAY.plusDays(2));
        assertThat(days(timeline, LocalDate.MAX)).isEmpty();

        append(timeline, DAY.plusDays(3));
        assertThat(days(timeline, LocalDate.MAX)).containsExactly(DAY.plusDays(3));
    }

    @Test
    default void settle_dayWithAnEntryThatIsStillHot_staysWithAllAfterIt() {
        TimelineId timeline = conversation();
        append(timeline, DAY, DAY.plusDays(1), DAY.plusDays(1), DAY.plusDays(2));
        release(timeline, 2);

        settle(timeline, DAY.plusDays(2));

        assertThat(days(timeline, LocalDate.MAX)).containsExactly(DAY.plusDays(1), DAY.plusDays(2));
    }

    @Test
    default void settle_nothingReleased_forgetsNothing() {
        TimelineId timeline = conversation();
        append(timeline, DAY);

        settle(timeline, DAY.plusDays(2));
        settle(conversation(), DAY);

        assertThat(days(timeline, LocalDate.MAX)).containsExactly(DAY);
    }

    @Test
    default void append_importedToASettledDay_bringsItBack() {
        TimelineId timeline = conversation();
        append(timeline, DAY);
        release(timeline, 1);
        settle(timeline, DAY);

        append(timeline, DAY);

        assertThat(days(timeline, LocalDate.MAX)).containsExactly(DAY);
    }

    private static TimelineId conversation() {
        return TimelineId.conversation("activity", UUID.randomUUID().toString());
    }

    /** Entries at noon of these days. */
    private void append(TimelineId timeline, LocalDate... days) {
        NewEntry[] entries = Arrays.stream(days)
                .map(day -> NewEntry.text("alice", UUID.randomUUID().toString(), "of " + day)
                        .withOriginalTime(day.atTime(12, 0).toInstant(ZoneOffset.UTC)))
                .toArray(NewEntry[]::new);
        TimelineProbe.receipts(await(store().append(TimelineAppend.of(timeline, entries), soon())));
    }

    private void settle(TimelineId timeline, LocalDate day) {
        await(activity().settle(timeline, day, soon()));
    }

    private List<LocalDate> days(TimelineId timeline, LocalDate through) {
        return through(through, 100).stream()
                .filter(activity -> activity.timeline().equals(timeline))
                .map(Activity::day)
                .toList();
    }

    private List<Activity> through(LocalDate day, int pageSize) {
        List<Activity> all = new ArrayList<>();
        Optional<Activity> after = Optional.empty();
        do {
            ActivityPage page = await(activity().through(day, after, pageSize, soon()));
            assertThat(page.activities()).hasSizeLessThanOrEqualTo(pageSize);
            all.addAll(page.activities());
            after = page.next();
        } while (after.isPresent());
        return all;
    }
}
