package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Changes of a timeline's attributes. */
interface AttributesContract {
    TimelineProbe probe();

    @Test
    default void change_putAndRemove_happenInOneStep() {
        TimelineId timeline = created(Map.of("keep", "1", "replace", "2", "drop", "3"));

        ChangeOutcome outcome = change(timeline, Map.of("replace", "two", "new", "4"), Set.of("drop", "absent"));

        Attributes expected = new Attributes(Map.of("keep", "1", "replace", "two", "new", "4"), 2);
        assertThat(outcome)
                .isEqualTo(new ChangeOutcome.Changed(new TimelineDescription(timeline, Head.EMPTY, expected)));
        assertThat(attributes(timeline)).isEqualTo(expected);
    }

    @Test
    default void change_expectedVersion_isCheckedInTheSameStep() {
        TimelineId timeline = created(Map.of("n", "1"));

        ChangeOutcome outcome = change(timeline, Map.of("n", "2"), Set.of(), 1);
        ChangeOutcome stale = change(timeline, Map.of("n", "3", "m", "3"), Set.of(), 1);

        assertThat(outcome).isInstanceOf(ChangeOutcome.Changed.class);
        assertThat(stale).isEqualTo(new ChangeOutcome.VersionMismatch(new Attributes(Map.of("n", "2"), 2)));
        assertThat(attributes(timeline)).isEqualTo(new Attributes(Map.of("n", "2"), 2));
    }

    @Test
    default void change_withNothingInIt_countsAsAChange() {
        TimelineId timeline = created(Map.of("n", "1"));

        change(timeline, Map.of(), Set.of());

        assertThat(attributes(timeline)).isEqualTo(new Attributes(Map.of("n", "1"), 2));
    }

    @Test
    default void change_afterAMereAppend_startsFromVersionNought() {
        TimelineId timeline = probe().filled(2);

        ChangeOutcome mismatch = change(timeline, Map.of("n", "1"), Set.of(), 1);
        ChangeOutcome outcome = change(timeline, Map.of("n", "1"), Set.of(), 0);

        assertThat(mismatch).isEqualTo(new ChangeOutcome.VersionMismatch(Attributes.NONE));
        assertThat(outcome).isInstanceOfSatisfying(ChangeOutcome.Changed.class, changed -> {
            assertThat(changed.description().attributes()).isEqualTo(new Attributes(Map.of("n", "1"), 1));
            assertThat(changed.description().head().last()).isEqualTo(SequenceId.of(2));
        });
        assertThat(probe().readAll(timeline)).hasSize(2);
    }

    @Test
    default void change_unknownTimeline_createsNone() {
        TimelineId timeline = probe().fresh();

        assertThat(change(timeline, Map.of("n", "1"), Set.of())).isEqualTo(new ChangeOutcome.NoSuchTimeline());
        assertThat(change(timeline, Map.of("n", "1"), Set.of(), 0)).isEqualTo(new ChangeOutcome.NoSuchTimeline());
        assertThat(probe().describe(timeline)).isEmpty();
    }

    @Test
    default void change_pastTheMostAttributes_changesNothing() {
        Map<String, String> most = new TreeMap<>();
        for (int i = 0; i < Attributes.MAX_COUNT; i++) {
            most.put("name-" + i, "value");
        }
        TimelineId timeline = created(most);

        ChangeOutcome tooMany = change(timeline, Map.of("one", "more"), Set.of());
        ChangeOutcome swapped = change(timeline, Map.of("one", "more"), Set.of("name-0"));

        assertThat(tooMany).isEqualTo(new ChangeOutcome.TooManyAttributes(Attributes.MAX_COUNT + 1));
        assertThat(swapped).isInstanceOf(ChangeOutcome.Changed.class);
        assertThat(attributes(timeline).values()).hasSize(Attributes.MAX_COUNT).containsKey("one");
        assertThat(attributes(timeline).version()).isEqualTo(2);
    }

    @Test
    default void change_namesAndValuesOfTheGreatestLength_roundTrip() {
        TimelineId timeline = created(Map.of());
        Map<String, String> values = Map.of(
                "n".repeat(Attributes.MAX_NAME_BYTES),
                "v".repeat(Attributes.MAX_VALUE_BYTES),
                "\ud83d\ude00=/\u00ff",
                "\uffff, = \u4e2d");

        change(timeline, values, Set.of());

        assertThat(attributes(timeline).values()).isEqualTo(values);
    }

    @Test
    default void change_fromManyThreads_losesNone() {
        TimelineId timeline = created(Map.of());

        TimelineProbe.inParallel(4, thread -> {
            for (int i = 0; i < 8; i++) {
                change(timeline, Map.of("name-" + thread + "-" + i, "value"), Set.of());
            }
        });

        assertThat(attributes(timeline).values()).hasSize(32);
        assertThat(attributes(timeline).version()).isEqualTo(33);
    }

    @Test
    default void change_whileOthersAppend_touchesNoEntry() {
        TimelineId timeline = probe().filled(1);

        TimelineProbe.inParallel(4, thread -> {
            for (int i = 0; i < 10; i++) {
                if (thread == 0) {
                    change(timeline, Map.of("n", Integer.toString(i)), Set.of());
                } else {
                    probe().append(timeline, TimelineProbe.entries("sender-" + thread, "t" + thread, i, 1));
                }
            }
        });

        TimelineDescription found = probe().describe(timeline).orElseThrow();
        assertThat(found.head().last()).isEqualTo(SequenceId.of(31));
        assertThat(found.attributes()).isEqualTo(new Attributes(Map.of("n", "9"), 10));
    }

    private TimelineId created(Map<String, String> values) {
        TimelineId timeline = probe().fresh();
        TimelineProbe.await(probe().directory().create(timeline, new Attributes(values, 0), TimelineProbe.soon()));
        return timeline;
    }

    private Attributes attributes(TimelineId timeline) {
        return probe().describe(timeline).orElseThrow().attributes();
    }

    private ChangeOutcome change(TimelineId timeline, Map<String, String> put, Set<String> remove) {
        return change(new AttributesChange(timeline, put, remove, OptionalLong.empty()));
    }

    private ChangeOutcome change(TimelineId timeline, Map<String, String> put, Set<String> remove, long version) {
        return change(new AttributesChange(timeline, put, remove, OptionalLong.of(version)));
    }

    private ChangeOutcome change(AttributesChange change) {
        return TimelineProbe.await(probe().directory().change(change, TimelineProbe.soon()));
    }
}
