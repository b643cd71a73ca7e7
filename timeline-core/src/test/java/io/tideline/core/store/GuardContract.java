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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What an append demands of records: looked at in the same step, in order, and not of repeats. */
interface GuardContract {
    TimelineProbe probe();

    @Test
    default void guard_onAMissingRecord_isOfVersionAndLevelZero() {
        TimelineId timeline = probe().fresh();

        assertThat(send(timeline, "a", member("bob", 1))).isEqualTo(new AppendOutcome.Refused(0, 0, 0));
        assertThat(send(timeline, "b", Guard.version(5, RecordKind.CONVERSATION)))
                .isEqualTo(new AppendOutcome.Refused(0, 0, 0));
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.NONE);
        assertThat(send(timeline, "c", Guard.version(0, RecordKind.CONVERSATION), member("bob", 0)))
                .isInstanceOf(AppendOutcome.Appended.class);
    }

    @Test
    default void guard_onAnAttachedRecord_seesItsVersionAndFirstByte() {
        TimelineId timeline = probe().filled(2);
        join(timeline, "join", "bob", 2);

        assertThat(send(timeline, "a", member("bob", 3))).isEqualTo(new AppendOutcome.Refused(0, 3, 2));
        assertThat(send(timeline, "b", member("bob", 2), version("bob", 2)))
                .isEqualTo(new AppendOutcome.Refused(1, 3, 2));
        assertThat(send(timeline, "c", version("bob", 0))).isEqualTo(new AppendOutcome.Refused(0, 3, 2));
        assertThat(send(timeline, "d", member("eve", 1))).isEqualTo(new AppendOutcome.Refused(0, 0, 0));
        assertThat(send(timeline, "e", member("bob", 2), version("bob", 3))).isInstanceOf(AppendOutcome.Appended.class);
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(4));
    }

    @Test
    default void guard_afterTheRecordWasReplaced_seesTheNewOne() {
        TimelineId timeline = probe().fresh();
        join(timeline, "join", "bob", 2);
        assertThat(send(timeline, "a", member("bob", 1))).isInstanceOf(AppendOutcome.Appended.class);

        join(timeline, "leave", "bob", 0);

        assertThat(send(timeline, "b", member("bob", 1))).isEqualTo(new AppendOutcome.Refused(0, 3, 0));
        join(timeline, "return", "bob", 1);
        assertThat(send(timeline, "b", member("bob", 1))).isInstanceOf(AppendOutcome.Appended.class);
    }

    /** Asked for before it is there, too: what guards remember of it has to follow. */
    @Test
    default void guard_onAChangeOfAMessage_refusesOnceThereIsOne() {
        TimelineId timeline = probe().filled(1);
        Guard shown = Guard.version(0, RecordKind.CHANGE, KeyPart.of(1), KeyPart.of(1));
        assertThat(send(timeline, "a", shown)).isInstanceOf(AppendOutcome.Appended.class);

        TimelineProbe.receipts(probe().tryAppend(new TimelineAppend(
                timeline,
                List.of(NewEntry.text("alice", "recall", "recall")),
                List.of(Attachment.of(0, RecordKind.CHANGE, Payload.utf8("gone"), KeyPart.of(1), KeyPart.of(1))),
                List.of(),
                SequenceId.NONE)));

        assertThat(send(timeline, "b", shown)).isEqualTo(new AppendOutcome.Refused(0, 3, 'g'));
        assertThat(send(timeline, "c", Guard.version(0, RecordKind.CHANGE, KeyPart.of(2), KeyPart.of(1))))
                .isInstanceOf(AppendOutcome.Appended.class);
    }

    @Test
    default void guard_ofAnotherTimeline_isAnotherRecord() {
        TimelineId timeline = probe().fresh();
        TimelineId other = probe().fresh();
        join(timeline, "join", "bob", 2);

        assertThat(send(other, "a", member("bob", 1))).isEqualTo(new AppendOutcome.Refused(0, 0, 0));
    }

    @Test
    default void guard_ofARepeat_isNotAsked() {
        TimelineId timeline = probe().fresh();
        join(timeline, "join", "bob", 2);
        AppendOutcome first = send(timeline, "a", member("bob", 2));
        join(timeline, "leave", "bob", 0);

        AppendOutcome again = send(timeline, "a", member("bob", 2));

        assertThat(TimelineProbe.receipts(again).get(0).seq())
                .isEqualTo(TimelineProbe.receipts(first).get(0).seq());
        assertThat(TimelineProbe.receipts(again).get(0).repeated()).isTrue();
    }

    @Test
    default void guard_ofARepeatWithSomethingNew_isAsked() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, NewEntry.text("alice", "old", "old"));

        AppendOutcome mixed = probe().tryAppend(new TimelineAppend(
                timeline,
                List.of(NewEntry.text("alice", "old", "old"), NewEntry.text("alice", "new", "new")),
                List.of(),
                List.of(member("bob", 1)),
                SequenceId.NONE));

        assertThat(mixed).isEqualTo(new AppendOutcome.Refused(0, 0, 0));
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.FIRST);
    }

    @Test
    default void guard_besideAConflict_isNotAsked() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, NewEntry.text("alice", "a", "other content"));

        assertThat(send(timeline, "a", member("bob", 1))).isEqualTo(new AppendOutcome.Conflict(0, SequenceId.FIRST));
    }

    /** Read, then write if nobody was faster: of those who read the same version one wins. */
    @Test
    default void guard_onAVersion_letsOneOfManyThrough() {
        TimelineId timeline = probe().fresh();
        int rounds = 5;
        Set<Integer> winners = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < rounds; round++) {
            int number = round;
            long version = probe().last(timeline).value();
            TimelineProbe.inParallel(8, i -> {
                AppendOutcome outcome = probe().tryAppend(new TimelineAppend(
                        timeline,
                        List.of(NewEntry.text("w" + i, "r-" + number, "x")),
                        List.of(Attachment.of(0, RecordKind.CONVERSATION, Payload.utf8("v"))),
                        List.of(Guard.version(version, RecordKind.CONVERSATION)),
                        SequenceId.NONE));
                if (outcome instanceof AppendOutcome.Appended) {
                    assertThat(winners.add(number)).isTrue();
                }
            });
        }

        assertThat(winners).hasSize(rounds);
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(rounds));
    }

    private AppendOutcome send(TimelineId timeline, String id, Guard... guards) {
        return probe().tryAppend(new TimelineAppend(
                timeline, List.of(NewEntry.text("alice", id, id)), List.of(), List.of(guards), SequenceId.NONE));
    }

    private void join(TimelineId timeline, String id, String user, int level) {
        TimelineProbe.receipts(probe().tryAppend(new TimelineAppend(
                timeline,
                List.of(NewEntry.text("alice", id, id)),
                List.of(Attachment.of(
                        0, RecordKind.MEMBER, Payload.copyOf(new byte[] {(byte) level, 9}), KeyPart.of(user))),
                List.of(),
                SequenceId.NONE)));
    }

    private static Guard member(String user, int leastLevel) {
        return Guard.level(leastLevel, RecordKind.MEMBER, KeyPart.of(user));
    }

    private static Guard version(String user, long version) {
        return Guard.version(version, RecordKind.MEMBER, KeyPart.of(user));
    }
}
