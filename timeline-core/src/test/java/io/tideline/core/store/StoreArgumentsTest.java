package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the values that cross the ports refuse. */
final class StoreArgumentsTest {
    private static final TimelineId TIMELINE = TimelineId.conversation("app", "timeline");

    @Test
    void append_noneOrTooMany_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimelineAppend.of(TIMELINE))
                .withMessage("entries: 0 (expected: 1..1000)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimelineAppend.of(TIMELINE, TimelineProbe.entries("alice", "m", 1, 1001)))
                .withMessage("entries: 1001 (expected: 1..1000)");
        assertThat(TimelineAppend.of(TIMELINE, TimelineProbe.entries("alice", "m", 1, 1000))
                        .entries())
                .hasSize(1000);
    }

    @Test
    void append_idTwiceBySameSender_isRefused() {
        NewEntry alice = NewEntry.text("alice", "m1", "hello");
        NewEntry bob = NewEntry.text("bob", "m1", "hello");

        assertThat(TimelineAppend.of(TIMELINE, alice, bob).entries()).containsExactly(alice, bob);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimelineAppend.of(TIMELINE, bob, alice, NewEntry.text("alice", "m1", "other")))
                .withMessage("entries[2].client_message_id: used twice by one sender (expected: unique)");
    }

    @Test
    void append_tooManyBytes_isRefused() {
        NewEntry[] most = IntStream.range(0, 8)
                .mapToObj(i -> new NewEntry(
                        new SenderId("alice"),
                        new ClientMessageId("m" + i),
                        new MessageKind(""),
                        Payload.takeOver(new byte[Payload.MAX_BYTES])))
                .toArray(NewEntry[]::new);
        List<NewEntry> more = new ArrayList<>(List.of(most));
        more.add(NewEntry.text("alice", "m9", "x"));

        assertThat(TimelineAppend.of(TIMELINE, most).entries()).hasSize(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TimelineAppend(TIMELINE, more))
                .withMessage("entries: 2097153 payload bytes (expected: 0..2097152)");
    }

    @Test
    void append_entries_areItsOwnCopy() {
        List<NewEntry> entries = new ArrayList<>(List.of(TimelineProbe.entries("alice", "m", 1, 2)));
        TimelineAppend append = new TimelineAppend(TIMELINE, entries);

        entries.clear();

        assertThat(append.entries()).hasSize(2).isUnmodifiable();
    }

    @ParameterizedTest
    @CsvSource({
        "FORWARD, 0, 0, 1, 1, from: 0 (expected: 1 or more)",
        "FORWARD, 5, 4, 1, 1, to: 4 (expected: not before from 5 in direction FORWARD)",
        "BACKWARD, 5, 6, 1, 1, to: 6 (expected: not before from 5 in direction BACKWARD)",
        "FORWARD, 1, 0, 0, 1, maxEntries: 0 (expected: 1..1000)",
        "FORWARD, 1, 0, 1001, 1, maxEntries: 1001 (expected: 1..1000)",
        "FORWARD, 1, 0, 1, 0, maxBytes: 0 (expected: 1 or more)"
    })
    void readQuery_badArguments_areRefused(
            Direction direction, long from, long to, int maxEntries, int maxBytes, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> query(direction, from, to, maxEntries, maxBytes))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "FORWARD, 1, 0, 1, 1",
        "FORWARD, 5, 5, 1000, 1",
        "FORWARD, 5, 6, 1, 2147483647",
        "BACKWARD, 0, 0, 1, 1",
        "BACKWARD, 0, 7, 1, 1",
        "BACKWARD, 5, 5, 1, 1",
        "BACKWARD, 5, 4, 1, 1"
    })
    void readQuery_goodArguments_areTaken(Direction direction, long from, long to, int maxEntries, int maxBytes) {
        ReadQuery query = query(direction, from, to, maxEntries, maxBytes);

        assertThat(query.from()).isEqualTo(SequenceId.of(from));
        assertThat(query.withFloor(SequenceId.of(9)).floor()).isEqualTo(SequenceId.of(9));
        assertThat(query.withFloor(SequenceId.of(9)).withFloor(SequenceId.NONE)).isEqualTo(query);
        assertThat(query.withFrom(query.from())).isEqualTo(query);
    }

    @Test
    void readQuery_factories_setTheRest() {
        assertThat(ReadQuery.forward(TIMELINE, 3, 20))
                .isEqualTo(query(Direction.FORWARD, 3, 0, 20, ReadQuery.DEFAULT_MAX_BYTES));
        assertThat(ReadQuery.latest(TIMELINE, 20))
                .isEqualTo(query(Direction.BACKWARD, 0, 0, 20, ReadQuery.DEFAULT_MAX_BYTES));
    }

    @Test
    void listQuery_badArguments_areRefused() {
        AppId app = new AppId("app");

        assertThat(new ListQuery(app, TimelineFamily.CONVERSATION, null, 1).start())
                .isEmpty();
        assertThat(new ListQuery(app, TimelineFamily.CONVERSATION, TIMELINE, 1000).start())
                .contains(TIMELINE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListQuery(app, TimelineFamily.CONVERSATION, null, 0))
                .withMessage("limit: 0 (expected: 1..1000)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListQuery(app, TimelineFamily.CONVERSATION, null, 1001));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListQuery(app, TimelineFamily.INBOX, TIMELINE, 10))
                .withMessage("after: a timeline of another app or family (expected: the same)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListQuery(new AppId("other"), TimelineFamily.CONVERSATION, TIMELINE, 10));
    }

    @Test
    void listing_emptyThoughMoreFollow_isRefused() {
        assertThat(new TimelineListing(List.of(), true).timelines()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new TimelineListing(List.of(), false));
    }

    @Test
    void change_badArguments_areRefusedBeforeTheStoreIsAsked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change(Map.of("a", "1"), Set.of("b", "a")))
                .withMessage("attribute a: put and removed (expected: one of them)");
        assertThatIllegalArgumentException().isThrownBy(() -> change(Map.of("", "1"), Set.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> change(Map.of("a", "\n"), Set.of()));
    }

    @Test
    void change_appliedToADescription_decidesTheOutcome() {
        TimelineDescription current =
                new TimelineDescription(TIMELINE, Head.EMPTY, new Attributes(Map.of("a", "1", "b", "2"), 4));

        assertThat(change(Map.of("c", "3"), Set.of("a")).applyTo(current))
                .isEqualTo(new ChangeOutcome.Changed(
                        new TimelineDescription(TIMELINE, Head.EMPTY, new Attributes(Map.of("b", "2", "c", "3"), 5))));
        assertThat(new AttributesChange(TIMELINE, Map.of(), Set.of(), OptionalLong.of(3)).applyTo(current))
                .isEqualTo(new ChangeOutcome.VersionMismatch(current.attributes()));
    }

    private static AttributesChange change(Map<String, String> put, Set<String> remove) {
        return new AttributesChange(TIMELINE, put, remove, OptionalLong.empty());
    }

    private static ReadQuery query(Direction direction, long from, long to, int maxEntries, int maxBytes) {
        return new ReadQuery(
                TIMELINE, SequenceId.of(from), SequenceId.of(to), direction, maxEntries, maxBytes, SequenceId.NONE);
    }
}
