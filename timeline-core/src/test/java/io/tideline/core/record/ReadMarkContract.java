package io.tideline.core.record;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ReadMarkStore} passes, together with the {@link TimelineStore} whose heads it reads. */
public interface ReadMarkContract {
    ReadMarkStore readMarks();

    TimelineStore store();

    private TimelineId filled(int entries) {
        TimelineId timeline = RecordStoreContract.fresh(TimelineFamily.CONVERSATION);
        for (int i = 1; i <= entries; i++) {
            append(timeline, "alice", i, Counting.COUNTED);
        }
        return timeline;
    }

    private void append(TimelineId timeline, String sender, int number, Counting counting) {
        NewEntry entry = new NewEntry(
                new SenderId(sender),
                new ClientMessageId("m" + number),
                new MessageKind("text"),
                Payload.utf8("hello"),
                MessageId.NONE,
                counting);
        TimelineProbe.receipts(await(store().append(TimelineAppend.of(timeline, entry), soon())));
    }

    private void mark(TimelineId timeline, String reader, long through, long counted) {
        await(readMarks().raiseMarks(List.of(new ReadMark(timeline, reader, SequenceId.of(through), counted)), soon()));
    }

    private Map<TimelineId, MarkedHead> heads(String reader, TimelineId... timelines) {
        return await(readMarks()
                .markedHeads(reader, Stream.of(timelines).map(HeadQuery::of).toList(), soon()));
    }

    private Head head(TimelineId timeline) {
        return await(store().heads(List.of(HeadQuery.of(timeline)), soon())).get(timeline);
    }

    @Test
    default void markedHeads_nothingRead_isTheHeadAlone() {
        TimelineId timeline = filled(3);

        assertThat(heads("bob", timeline)).containsOnlyKeys(timeline);
        assertThat(heads("bob", timeline).get(timeline)).isEqualTo(new MarkedHead(head(timeline), SequenceId.NONE, 0));
        assertThat(heads("bob")).isEmpty();
    }

    @Test
    default void markedHeads_tellTheMarkOfThatReader() {
        TimelineId timeline = filled(3);

        mark(timeline, "bob", 2, 1);
        mark(timeline, "bo", 3, 3);
        mark(timeline, "bobby", 1, 0);

        assertThat(heads("bob", timeline).get(timeline)).isEqualTo(new MarkedHead(head(timeline), SequenceId.of(2), 1));
        assertThat(heads("bobby", timeline).get(timeline).readThrough()).isEqualTo(SequenceId.FIRST);
    }

    @Test
    default void markedHeads_ofMany_areThoseOfEach() {
        Map<TimelineId, MarkedHead> expected = new HashMap<>();
        List<TimelineId> asked = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            TimelineId timeline =
                    i % 3 == 0 ? RecordStoreContract.fresh(TimelineFamily.CONVERSATION) : filled(1 + i % 3);
            asked.add(timeline);
            if (i % 3 == 1) {
                mark(timeline, "bob", 2, 2);
            }
            if (i % 3 > 0) {
                SequenceId read = i % 3 == 1 ? SequenceId.of(2) : SequenceId.NONE;
                expected.put(timeline, new MarkedHead(head(timeline), read, read.value()));
            }
        }
        asked.add(asked.get(1));

        assertThat(heads("bob", asked.toArray(TimelineId[]::new))).isEqualTo(expected);
        assertThat(await(store().heads(asked.stream().map(HeadQuery::of).toList(), soon())))
                .hasSameSizeAs(expected)
                .allSatisfy((timeline, head) ->
                        assertThat(head).isEqualTo(expected.get(timeline).head()));
    }

    @Test
    default void raiseMarks_inAnyOrder_farthestStays() {
        TimelineId timeline = filled(9);

        mark(timeline, "bob", 5, 4);
        mark(timeline, "bob", 3, 2);

        assertThat(heads("bob", timeline).get(timeline).readThrough()).isEqualTo(SequenceId.of(5));
        assertThat(heads("bob", timeline).get(timeline).readCounted()).isEqualTo(4);
        await(readMarks()
                .raiseMarks(
                        List.of(
                                new ReadMark(timeline, "bob", SequenceId.of(9), 8),
                                new ReadMark(timeline, "bob", SequenceId.of(7), 6)),
                        soon()));
        assertThat(heads("bob", timeline).get(timeline).readThrough()).isEqualTo(SequenceId.of(9));
    }

    @Test
    default void markedHeads_neverAppendedTo_areAbsentMarksOrNot() {
        TimelineId unknown = RecordStoreContract.fresh(TimelineFamily.CONVERSATION);
        TimelineId marked = RecordStoreContract.fresh(TimelineFamily.CONVERSATION);
        TimelineId appended = filled(1);
        mark(marked, "bob", 1, 1);

        assertThat(heads("bob", unknown, marked, appended)).containsOnlyKeys(appended);
    }

    @Test
    default void markedHeads_ofAllFamilies_inOneCall() {
        TimelineId conversation = filled(2);
        TimelineId inbox = RecordStoreContract.fresh(TimelineFamily.INBOX);
        TimelineId personal = RecordStoreContract.fresh(TimelineFamily.PERSONAL);
        append(inbox, "alice", 1, Counting.SILENT);
        append(personal, "alice", 1, Counting.COUNTED);
        await(readMarks()
                .raiseMarks(
                        Stream.of(conversation, inbox, personal)
                                .map(timeline -> new ReadMark(timeline, "bob", SequenceId.FIRST, 1))
                                .toList(),
                        soon()));

        Map<TimelineId, MarkedHead> heads = await(readMarks()
                .markedHeads(
                        "bob",
                        List.of(
                                new HeadQuery(conversation, SequenceId.of(2)),
                                HeadQuery.of(inbox),
                                HeadQuery.of(personal),
                                HeadQuery.of(conversation)),
                        soon()));

        assertThat(heads).containsOnlyKeys(conversation, inbox, personal);
        assertThat(heads.values())
                .allSatisfy(head -> assertThat(head.readThrough()).isEqualTo(SequenceId.FIRST));
    }

    @Test
    default void markedHeads_moreThanAllowed_areRefused() {
        List<HeadQuery> queries = Collections.nCopies(
                TimelineStore.MAX_HEADS + 1, HeadQuery.of(RecordStoreContract.fresh(TimelineFamily.CONVERSATION)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> readMarks().markedHeads("bob", queries, soon()))
                .withMessageContaining("10001");
    }

    @Test
    default void append_ownMessage_raisesTheSendersMark() {
        TimelineId timeline = filled(2);

        append(timeline, "bob", 1, Counting.SENT);

        assertThat(heads("bob", timeline).get(timeline)).isEqualTo(new MarkedHead(head(timeline), SequenceId.of(3), 3));
        append(timeline, "alice", 3, Counting.SILENT);
        append(timeline, "alice", 4, Counting.COUNTED);
        MarkedHead later = heads("bob", timeline).get(timeline);
        assertThat(later.readThrough()).isEqualTo(SequenceId.of(3));
        assertThat(later.head().counted() - later.readCounted()).as("unread").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5})
    default void marks_inPages_tellAllReaders(int maxMarks) {
        TimelineId timeline = filled(9);
        List<ReadMark> all = IntStream.rangeClosed(1, 4)
                .mapToObj(i -> new ReadMark(timeline, "reader" + i, SequenceId.of(i * 2L), i))
                .toList();
        await(readMarks().raiseMarks(all, soon()));

        List<ReadMark> found = new ArrayList<>();
        ReadMarkStore.MarkPage page = await(readMarks().marks(timeline, Optional.empty(), maxMarks, soon()));
        found.addAll(page.marks());
        while (!page.complete()) {
            assertThat(page.marks()).hasSize(maxMarks);
            page = await(readMarks()
                    .marks(timeline, Optional.of(found.get(found.size() - 1).reader()), maxMarks, soon()));
            found.addAll(page.marks());
        }

        assertThat(found).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    default void marks_ofNobody_areNone() {
        ReadMarkStore.MarkPage page = await(readMarks().marks(filled(1), Optional.empty(), 10, soon()));

        assertThat(page.marks()).isEmpty();
        assertThat(page.complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10_001})
    default void marks_outOfBounds_areRefused(int maxMarks) {
        TimelineId timeline = RecordStoreContract.fresh(TimelineFamily.CONVERSATION);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> readMarks().marks(timeline, Optional.empty(), maxMarks, soon()))
                .withMessageContaining("maxMarks");
    }
}
