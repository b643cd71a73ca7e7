package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Heads, one and many at once. */
interface HeadContract {
    TimelineProbe probe();

    @Test
    default void heads_ofNothing_areNone() {
        assertThat(probe().heads()).isEmpty();
    }

    @Test
    default void heads_unknownOrOnlyCreated_areAbsent() {
        TimelineId unknown = probe().fresh();
        TimelineId created = probe().fresh();
        TimelineId appended = probe().filled(1);
        TimelineProbe.await(probe().directory().create(created, Attributes.NONE, TimelineProbe.soon()));

        Map<TimelineId, Head> heads = probe().heads(unknown, appended, created);

        assertThat(heads).containsOnlyKeys(appended);
    }

    @Test
    default void heads_tellLastSeqAndItsTime() {
        TimelineId timeline = probe().filled(7);
        Entry last = probe().readAll(timeline).get(6);

        Head head = probe().heads(timeline).get(timeline);

        assertThat(head.last()).isEqualTo(SequenceId.of(7));
        assertThat(head.lastTime()).isEqualTo(last.serverTime());
    }

    @Test
    default void heads_manyAtOnce_areAllThere() {
        List<TimelineId> timelines =
                IntStream.rangeClosed(1, 40).mapToObj(i -> probe().filled(i)).toList();

        Map<TimelineId, Head> heads = probe().heads(timelines.toArray(TimelineId[]::new));

        assertThat(heads).containsOnlyKeys(timelines);
        for (int i = 0; i < 40; i++) {
            assertThat(heads.get(timelines.get(i)).last()).isEqualTo(SequenceId.of(i + 1L));
        }
    }

    @Test
    default void heads_sameTimelineTwice_isAnsweredOnce() {
        TimelineId timeline = probe().filled(3);
        TimelineId other = probe().filled(1);

        Map<TimelineId, Head> heads = TimelineProbe.await(probe().store()
                .heads(
                        List.of(
                                HeadQuery.of(timeline),
                                new HeadQuery(other, SequenceId.FIRST),
                                new HeadQuery(timeline, SequenceId.of(3)),
                                HeadQuery.of(timeline)),
                        TimelineProbe.soon()));

        assertThat(heads).containsOnlyKeys(timeline, other);
        assertThat(heads.get(timeline).last()).isEqualTo(SequenceId.of(3));
    }

    @Test
    default void heads_asManyAsAllowed_areAnswered() {
        TimelineId timeline = probe().filled(2);
        List<HeadQuery> queries = Stream.concat(
                        IntStream.range(1, TimelineStore.MAX_HEADS)
                                .mapToObj(i ->
                                        HeadQuery.of(new TimelineId(timeline.app(), timeline.family(), "nobody-" + i))),
                        Stream.of(HeadQuery.of(timeline)))
                .toList();

        assertThat(TimelineProbe.await(probe().store().heads(queries, TimelineProbe.soon())))
                .containsOnlyKeys(timeline);
    }

    @Test
    default void heads_moreThanAllowed_areRefused() {
        List<HeadQuery> queries = Collections.nCopies(TimelineStore.MAX_HEADS + 1, HeadQuery.of(probe().fresh()));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> probe().store().heads(queries, TimelineProbe.soon()))
                .withMessageContaining("10001");
    }
}
