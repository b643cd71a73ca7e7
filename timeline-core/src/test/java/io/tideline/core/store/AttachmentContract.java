package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Records that come with entries: there when the append is answered, of the right version, and not from repeats. Looked at
 * through what guards say of them.
 */
interface AttachmentContract {
    TimelineProbe probe();

    @Test
    default void attachment_toOneOfSeveralEntries_hasItsSeqAsVersion() {
        TimelineId timeline = probe().filled(3);

        TimelineProbe.receipts(probe().tryAppend(append(
                timeline,
                TimelineProbe.entries("alice", "n", 1, 3),
                member(1, "bob", 2),
                member(2, "eve", 3),
                Attachment.of(0, RecordKind.CONVERSATION, Payload.utf8("\u0005")),
                Attachment.of(2, RecordKind.FANOUT_TASK, Payload.utf8("")),
                Attachment.of(1, RecordKind.REACTION, Payload.utf8("1"), KeyPart.of(3), KeyPart.of("x")))));

        assertThat(record(timeline, RecordKind.CONVERSATION)).isEqualTo(new AppendOutcome.Refused(0, 4, 5));
        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("bob")))
                .isEqualTo(new AppendOutcome.Refused(0, 5, 2));
        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("eve")))
                .isEqualTo(new AppendOutcome.Refused(0, 6, 3));
    }

    @Test
    default void attachment_ofOneKeyTwice_isThatOfTheLastEntry() {
        TimelineId timeline = probe().fresh();
        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("bob")))
                .isEqualTo(new AppendOutcome.Refused(0, 0, 0));

        TimelineProbe.receipts(probe().tryAppend(append(
                timeline,
                TimelineProbe.entries("alice", "n", 1, 2),
                member(1, "bob", 2),
                member(0, "bob", 1),
                member(0, "eve", 1),
                member(0, "eve", 3))));

        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("bob")))
                .isEqualTo(new AppendOutcome.Refused(0, 2, 2));
        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("eve")))
                .isEqualTo(new AppendOutcome.Refused(0, 1, 3));
    }

    @Test
    default void attachment_toARepeat_isNotWrittenAgain() {
        TimelineId timeline = probe().fresh();
        NewEntry[] first = TimelineProbe.entries("alice", "n", 1, 1);
        TimelineProbe.receipts(probe().tryAppend(append(timeline, first, member(0, "bob", 1))));

        TimelineProbe.receipts(probe().tryAppend(append(timeline, first, member(0, "bob", 2), member(0, "eve", 2))));
        TimelineProbe.receipts(probe().tryAppend(append(
                timeline, TimelineProbe.entries("alice", "n", 1, 2), member(0, "bob", 3), member(1, "dan", 3))));

        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("bob")))
                .isEqualTo(new AppendOutcome.Refused(0, 1, 1));
        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("eve")))
                .isEqualTo(new AppendOutcome.Refused(0, 0, 0));
        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("dan")))
                .isEqualTo(new AppendOutcome.Refused(0, 2, 3));
    }

    @Test
    default void attachment_ofARefusedAppend_isNotWritten() {
        TimelineId timeline = probe().fresh();
        TimelineAppend refused = new TimelineAppend(
                timeline,
                List.of(NewEntry.text("alice", "a", "a")),
                List.of(member(0, "bob", 1)),
                List.of(Guard.level(1, RecordKind.CONVERSATION)),
                SequenceId.NONE);

        assertThat(probe().tryAppend(refused)).isEqualTo(new AppendOutcome.Refused(0, 0, 0));

        assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("bob")))
                .isEqualTo(new AppendOutcome.Refused(0, 0, 0));
    }

    /** A conversation with as many members as one append may create. */
    @Test
    default void attachment_asManyAsThereMayBe_areAllWritten() {
        TimelineId timeline = probe().fresh();
        List<Attachment> members = new ArrayList<>();
        for (int i = 0; i < TimelineAppend.MAX_ATTACHMENTS; i++) {
            members.add(member(0, "user-" + i, 1));
        }

        TimelineProbe.receipts(probe().tryAppend(append(
                timeline, TimelineProbe.entries("alice", "n", 1, 1), members.toArray(Attachment[]::new))));

        for (int i : new int[] {0, 1, 5_000, TimelineAppend.MAX_ATTACHMENTS - 1}) {
            assertThat(record(timeline, RecordKind.MEMBER, KeyPart.of("user-" + i)))
                    .isEqualTo(new AppendOutcome.Refused(0, 1, 1));
        }
    }

    /** What a guard that never holds says of a record. */
    private AppendOutcome record(TimelineId timeline, RecordKind kind, KeyPart... key) {
        return probe().tryAppend(new TimelineAppend(
                timeline,
                List.of(NewEntry.text("nobody", "asks", "nothing")),
                List.of(),
                List.of(Guard.level(127, kind, key)),
                SequenceId.NONE));
    }

    private static TimelineAppend append(TimelineId timeline, NewEntry[] entries, Attachment... attachments) {
        return new TimelineAppend(timeline, List.of(entries), List.of(attachments), List.of(), SequenceId.NONE);
    }

    private static Attachment member(int entryIndex, String user, int level) {
        return Attachment.of(
                entryIndex, RecordKind.MEMBER, Payload.copyOf(new byte[] {(byte) level}), KeyPart.of(user));
    }
}
