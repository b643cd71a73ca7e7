package io.tideline.core.store;

import static io.tideline.core.store.TimelinePage.StopReason.BEYOND_HEAD;
import static io.tideline.core.store.TimelinePage.StopReason.HEAD;
import static io.tideline.core.store.TimelinePage.StopReason.PAGE_FULL;
import static io.tideline.core.store.TimelinePage.StopReason.RANGE_END;
import static io.tideline.core.store.TimelinePage.StopReason.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages: what they hold, where they end and why, and how the next one goes on. 0 stands for "none" in the tables. */
interface ReadContract {
    TimelineProbe probe();

    /** A timeline of ten entries; {@code seqs} is first..last in the query's direction, empty for none. */
    @ParameterizedTest(name = "forward from {0} to {1}, at most {2}: {3} {4}, next {5}")
    @CsvSource({
        "1, 0, 100, 1..10, HEAD, 11",
        "4, 0, 100, 4..10, HEAD, 11",
        "10, 0, 100, 10..10, HEAD, 11",
        "11, 0, 100, '', HEAD, 11",
        "11, 15, 100, '', HEAD, 11",
        "12, 0, 100, '', BEYOND_HEAD, 12",
        "5000000000, 0, 100, '', BEYOND_HEAD, 5000000000",
        "1, 0, 3, 1..3, PAGE_FULL, 4",
        "4, 0, 1, 4..4, PAGE_FULL, 5",
        "8, 0, 3, 8..10, HEAD, 11",
        "3, 7, 100, 3..7, RANGE_END, 8",
        "3, 7, 5, 3..7, RANGE_END, 8",
        "3, 7, 4, 3..6, PAGE_FULL, 7",
        "5, 5, 100, 5..5, RANGE_END, 6",
        "3, 10, 100, 3..10, RANGE_END, 11",
        "3, 14, 100, 3..10, HEAD, 11"
    })
    default void read_forward(long from, long to, int maxEntries, String seqs, StopReason stop, long next) {
        TimelineId timeline = probe().filled(10);

        TimelinePage page = probe().read(query(timeline, from, to, Direction.FORWARD, maxEntries));

        assertPage(page, seqs, stop, next, 10);
    }

    @ParameterizedTest(name = "backward from {0} to {1}, at most {2}: {3} {4}, next {5}")
    @CsvSource({
        "0, 0, 100, 10..1, START, 0",
        "10, 0, 100, 10..1, START, 0",
        "4, 0, 100, 4..1, START, 0",
        "1, 0, 100, 1..1, START, 0",
        "11, 0, 100, '', BEYOND_HEAD, 11",
        "12, 0, 100, '', BEYOND_HEAD, 12",
        "0, 0, 3, 10..8, PAGE_FULL, 7",
        "4, 0, 1, 4..4, PAGE_FULL, 3",
        "3, 0, 3, 3..1, START, 0",
        "7, 3, 100, 7..3, RANGE_END, 2",
        "7, 3, 5, 7..3, RANGE_END, 2",
        "7, 3, 4, 7..4, PAGE_FULL, 3",
        "5, 5, 100, 5..5, RANGE_END, 4",
        "7, 1, 100, 7..1, START, 0",
        "0, 6, 100, 10..6, RANGE_END, 5"
    })
    default void read_backward(long from, long to, int maxEntries, String seqs, StopReason stop, long next) {
        TimelineId timeline = probe().filled(10);

        TimelinePage page = probe().read(query(timeline, from, to, Direction.BACKWARD, maxEntries));

        assertPage(page, seqs, stop, next, 10);
    }

    @ParameterizedTest(name = "{0} from {1}: {2}, next {3}")
    @CsvSource({
        "FORWARD, 1, HEAD, 1",
        "FORWARD, 2, BEYOND_HEAD, 2",
        "BACKWARD, 0, START, 0",
        "BACKWARD, 1, BEYOND_HEAD, 1"
    })
    default void read_unknownAndCreatedTimeline_areEmpty(Direction direction, long from, StopReason stop, long next) {
        TimelineId unknown = probe().fresh();
        TimelineId created = probe().fresh();
        TimelineProbe.await(probe().directory().create(created, Attributes.NONE, TimelineProbe.soon()));

        assertPage(probe().read(query(unknown, from, 0, direction, 10)), "", stop, next, 0);
        assertPage(probe().read(query(created, from, 0, direction, 10)), "", stop, next, 0);
        assertThat(probe().describe(unknown)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 24, 25, 26, 1000})
    default void read_pageAfterPage_coversAllWithoutOverlapBothWays(int maxEntries) {
        TimelineId timeline = probe().filled(25);

        assertThat(pages(query(timeline, 1, 0, Direction.FORWARD, maxEntries), HEAD))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 25).boxed().toList());
        assertThat(pages(query(timeline, 0, 0, Direction.BACKWARD, maxEntries), START))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 25).map(i -> 26 - i).boxed().toList());
        assertThat(pages(query(timeline, 4, 20, Direction.FORWARD, maxEntries), RANGE_END))
                .containsExactlyElementsOf(LongStream.rangeClosed(4, 20).boxed().toList());
        assertThat(pages(query(timeline, 20, 4, Direction.BACKWARD, maxEntries), RANGE_END))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(4, 20).map(i -> 24 - i).boxed().toList());
    }

    @Test
    default void read_fromNextOfTheHead_servesWhatCameSince() {
        TimelineId timeline = probe().filled(4);
        TimelinePage before = probe().read(ReadQuery.forward(timeline, 1, 100));
        probe().append(timeline, TimelineProbe.entries("bob", "b", 1, 2));

        TimelinePage after =
                probe().read(ReadQuery.forward(timeline, before.next().value(), 100));

        assertPage(after, "5..6", HEAD, 7, 6);
    }

    /** Six payloads of 100 bytes. */
    @ParameterizedTest(name = "at most {0} bytes: {1} entries forward and backward")
    @CsvSource({"1, 1", "99, 1", "100, 1", "199, 1", "200, 2", "201, 2", "599, 5"})
    default void read_maxBytes_endsBeforeTheOverflow(int maxBytes, int entries) {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, payloads(100, 100, 100, 100, 100, 100));

        TimelinePage forward = probe().read(bounded(timeline, 1, Direction.FORWARD, maxBytes));
        TimelinePage backward = probe().read(bounded(timeline, 0, Direction.BACKWARD, maxBytes));

        assertPage(forward, "1.." + entries, PAGE_FULL, entries + 1L, 6);
        assertPage(backward, "6.." + (7 - entries), PAGE_FULL, 6L - entries, 6);
    }

    @Test
    default void read_maxBytesThatHoldAll_reachesTheEnd() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, payloads(100, 0, 200));

        assertPage(probe().read(bounded(timeline, 1, Direction.FORWARD, 300)), "1..3", HEAD, 4, 3);
        assertPage(probe().read(bounded(timeline, 0, Direction.BACKWARD, 300)), "3..1", START, 0, 3);
    }

    @Test
    default void read_firstEntryLargerThanThePage_isServedAlone() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, payloads(10, 50_000, 0, 10));

        assertPage(probe().read(bounded(timeline, 1, Direction.FORWARD, 1000)), "1..1", PAGE_FULL, 2, 4);
        assertPage(probe().read(bounded(timeline, 2, Direction.FORWARD, 1000)), "2..2", PAGE_FULL, 3, 4);
        assertPage(probe().read(bounded(timeline, 3, Direction.FORWARD, 1000)), "3..4", HEAD, 5, 4);
    }

    @Test
    default void read_manyLargeEntries_comeInPagesOfTheDefaultSize() {
        TimelineId timeline = probe().fresh();
        for (int i = 0; i < 3; i++) {
            probe().append(timeline, withIds("b" + i, 200_000, 200_000, 200_000, 200_000, 200_000));
        }

        TimelinePage page = probe().read(ReadQuery.forward(timeline, 1, 1000));

        assertPage(page, "1..10", PAGE_FULL, 11, 15);
        assertThat(pages(ReadQuery.forward(timeline, 1, 1000), HEAD)).hasSize(15);
    }

    @Test
    default void read_floorThatIsMet_isServed() {
        TimelineId timeline = probe().filled(5);
        SequenceId floor = SequenceId.of(5);

        assertPage(probe().read(ReadQuery.forward(timeline, 2, 2).withFloor(floor)), "2..3", PAGE_FULL, 4, 5);
        assertPage(probe().read(ReadQuery.forward(timeline, 6, 2).withFloor(floor)), "", HEAD, 6, 5);
        assertPage(probe().read(ReadQuery.latest(timeline, 10).withFloor(SequenceId.of(3))), "5..1", START, 0, 5);
        assertPage(probe().read(ReadQuery.forward(timeline, 9, 2).withFloor(floor)), "", BEYOND_HEAD, 9, 5);
    }

    /** The seqs of all pages from {@code query} on; the last page must end with {@code end}, the others full. */
    private List<Long> pages(ReadQuery query, StopReason end) {
        List<Long> seqs = new ArrayList<>();
        TimelinePage page = probe().read(query);
        page.entries().forEach(e -> seqs.add(e.seq().value()));
        while (page.stop() == PAGE_FULL) {
            assertThat(page.entries()).isNotEmpty();
            assertThat(seqs).doesNotContain(page.next().value());
            page = probe().read(query.withFrom(page.next()));
            page.entries().forEach(e -> seqs.add(e.seq().value()));
        }
        assertThat(page.stop()).isEqualTo(end);
        return seqs;
    }

    private static void assertPage(TimelinePage page, String seqs, StopReason stop, long next, long last) {
        assertThat(page.entries()).extracting(e -> e.seq().value()).isEqualTo(range(seqs));
        assertThat(page.gaps()).isEmpty();
        assertThat(page.stop()).isEqualTo(stop);
        assertThat(page.next()).isEqualTo(SequenceId.of(next));
        if (stop == PAGE_FULL || stop == RANGE_END) {
            // A page that proves itself complete need not ask how far the timeline goes.
            long served = page.entries().stream()
                    .mapToLong(e -> e.seq().value())
                    .max()
                    .orElse(0);
            assertThat(page.last().value()).isBetween(served, last);
        } else {
            assertThat(page.last()).isEqualTo(SequenceId.of(last));
        }
    }

    private static List<Long> range(String seqs) {
        if (seqs.isEmpty()) {
            return List.of();
        }
        int dots = seqs.indexOf("..");
        long first = Long.parseLong(seqs.substring(0, dots));
        long last = Long.parseLong(seqs.substring(dots + 2));
        long step = first <= last ? 1 : -1;
        return LongStream.rangeClosed(0, Math.abs(last - first))
                .map(i -> first + step * i)
                .boxed()
                .toList();
    }

    private static ReadQuery query(TimelineId timeline, long from, long to, Direction direction, int maxEntries) {
        return new ReadQuery(
                timeline,
                SequenceId.of(from),
                SequenceId.of(to),
                direction,
                maxEntries,
                ReadQuery.DEFAULT_MAX_BYTES,
                SequenceId.NONE);
    }

    private static ReadQuery bounded(TimelineId timeline, long from, Direction direction, int maxBytes) {
        return new ReadQuery(
                timeline, SequenceId.of(from), SequenceId.NONE, direction, 1000, maxBytes, SequenceId.NONE);
    }

    private static NewEntry[] payloads(int... sizes) {
        return withIds("p", sizes);
    }

    private static NewEntry[] withIds(String prefix, int... sizes) {
        return IntStream.range(0, sizes.length)
                .mapToObj(i -> new NewEntry(
                        new SenderId("alice"),
                        new ClientMessageId(prefix + "-" + i),
                        new MessageKind(""),
                        Payload.takeOver(new byte[sizes[i]])))
                .toArray(NewEntry[]::new);
    }
}
