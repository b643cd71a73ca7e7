package io.tideline.hbase.store;

import static io.tideline.hbase.store.ScriptedRegions.isRepeated;
import static io.tideline.hbase.store.ScriptedRegions.seqOf;
import static io.tideline.hbase.store.ScriptedRegions.timeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.store.ScriptedRegions.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AppendLanesTest {
    private static final TimelineId LOW = timeline(0, 0x3f);
    private static final TimelineId MIDDLE = timeline(0x40, 0x7f);
    private static final TimelineId HIGH = timeline(0x80, 0xff);

    private final ScriptedRegions regions = new ScriptedRegions("", "80");

    @AfterEach
    void verifyNothingIsLeft() {
        assertThat(regions.requests).as("requests without an answer").isEmpty();
        assertThat(regions.taken).as("appends").allMatch(CompletableFuture::isDone);
        assertThat(regions.budget.usedBytes()).as("bytes still counted").isZero();
    }

    @Test
    void append_idleLane_isSentAtOnce() {
        CompletableFuture<AppendOutcome> append = regions.append(LOW, "a");

        assertThat(regions.requests).hasSize(1);
        assertThat(append).isNotDone();
        assertThat(regions.budget.usedBytes()).isPositive();
        regions.next().succeed();
        assertThat(seqOf(append)).isEqualTo(SequenceId.FIRST);
    }

    @Test
    void append_duringARequest_makesUpTheNextOneTogether() {
        regions.send(LOW, "a");
        regions.send(LOW, "b");
        regions.send(MIDDLE, "c");
        regions.send(LOW, "d");
        regions.send(HIGH, "other region");

        Request first = regions.next();
        assertThat(first.ids()).containsExactly("a");
        first.succeed();
        Request elsewhere = regions.next();
        assertThat(elsewhere.ids()).containsExactly("other region");
        elsewhere.succeed();
        Request together = regions.next();
        assertThat(together.ids()).containsExactly("b", "c", "d");
        together.succeed();
    }

    @Test
    void append_moreThanABatchHolds_isSentInSeveralOfAtMost2MiB() {
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            appends.add(regions.append(large("m" + i, 3), minute()));
        }
        List<Integer> sizes = new ArrayList<>();
        while (!regions.requests.isEmpty()) {
            Request request = regions.next();
            assertThat(request.bytes()).isLessThanOrEqualTo(2 * 1024 * 1024);
            sizes.add(request.appends());
            request.succeed();
        }

        assertThat(sizes).containsExactly(1, 2, 2, 2, 2, 2, 1);
        assertThat(appends).allMatch(CompletableFuture::isDone);
    }

    @Test
    void append_moreEntriesThanABatchHolds_isSentInSeveralOfAtMost5000() {
        for (int i = 0; i < 12; i++) {
            regions.send(many("m" + i, 1_000), minute());
        }
        List<Integer> sizes = new ArrayList<>();
        while (!regions.requests.isEmpty()) {
            Request request = regions.next();
            sizes.add(request.entries());
            request.succeed();
        }

        assertThat(sizes).containsExactly(1_000, 5_000, 5_000, 1_000);
    }

    @Test
    void append_answerLost_isSentAgainAndAnsweredAsRepeat() {
        CompletableFuture<AppendOutcome> append = regions.append(LOW, "a");
        CompletableFuture<AppendOutcome> later = regions.append(LOW, "b");

        regions.next().loseAnswer();
        assertThat(regions.requests).singleElement().extracting(Request::ids).isEqualTo(List.of("a"));
        regions.next().succeed();
        regions.next().succeed();

        assertThat(isRepeated(append)).isTrue();
        assertThat(seqOf(append)).isEqualTo(SequenceId.of(1));
        assertThat(isRepeated(later)).isFalse();
        assertThat(seqOf(later)).isEqualTo(SequenceId.of(2));
        assertThat(regions.stored(LOW)).containsExactly("a", "b");
    }

    @Test
    void append_failsOnAndOn_isTriedAgainAfterPausesEvenWithoutAMap() {
        regions.hideMap();
        CompletableFuture<AppendOutcome> append = regions.append(LOW, "a");
        for (int i = 0; i < 10; i++) {
            regions.next().fail(new IOException("no server"));
            if (i > 0) {
                assertThat(regions.requests).isEmpty();
                regions.pauses.remove().run();
            }
        }

        regions.next().succeed();

        assertThat(seqOf(append)).isEqualTo(SequenceId.FIRST);
    }

    @Test
    void append_failsForGood_failsItsBatchAndTheLaneGoesOn() {
        CompletableFuture<AppendOutcome> refused = regions.append(LOW, "a");
        CompletableFuture<AppendOutcome> malformed = regions.append(LOW, "b");
        regions.next().fail(new DoNotRetryIOException("sequencer failed"));
        CompletableFuture<AppendOutcome> next = regions.append(LOW, "c");
        regions.next().fail(new MalformedBatchException("answer: protocol version 9"));
        regions.next().succeed();

        assertFailed(refused, OutcomeUnknownException.class);
        assertFailed(malformed, SchemaMismatchException.class);
        assertThat(seqOf(next)).isEqualTo(SequenceId.FIRST);
    }

    @Test
    void append_deadlinePassedInTheQueue_isNeverSent() {
        regions.send(LOW, "a");
        Deadline soon = Deadline.after(Duration.ofMillis(20));
        CompletableFuture<AppendOutcome> late = regions.append(LOW, "late", soon);
        CompletableFuture<AppendOutcome> inTime = regions.append(LOW, "b");
        awaitPassed(soon);

        regions.next().succeed();

        assertFailed(late, DeadlinePassedException.class);
        assertThat(regions.requests).singleElement().extracting(Request::ids).isEqualTo(List.of("b"));
        regions.next().succeed();
        assertThat(seqOf(inTime)).isEqualTo(SequenceId.of(2));
    }

    @Test
    void append_deadlinePassedInTheQueue_takesWhatIsBehindItInItsOrderAlong() {
        Deadline.Order order = new Deadline.Order();
        regions.send(LOW, "a");
        Deadline soon = Deadline.after(Duration.ofMillis(20));
        CompletableFuture<AppendOutcome> late = regions.append(LOW, "late", order.within(soon));
        CompletableFuture<AppendOutcome> behind = regions.append(LOW, "behind", order.within(minute()));
        regions.send(LOW, "another's");
        awaitPassed(soon);

        regions.next().succeed();

        assertFailed(late, DeadlinePassedException.class);
        assertFailed(behind, DeadlinePassedException.class);
        regions.next().succeed();
        assertThat(regions.stored(LOW)).containsExactly("a", "another's");
    }

    @Test
    void append_deadlinePassedAfterSending_takesWhatIsBehindItInItsOrderAlong() {
        Deadline.Order order = new Deadline.Order();
        regions.send(LOW, "a");
        Deadline soon = Deadline.after(Duration.ofMillis(20));
        CompletableFuture<AppendOutcome> late = regions.append(LOW, "late", order.within(soon));
        CompletableFuture<AppendOutcome> behind = regions.append(LOW, "behind", order.within(minute()));
        regions.next().succeed();
        Request together = regions.next();
        CompletableFuture<AppendOutcome> queued = regions.append(LOW, "queued", order.within(minute()));
        awaitPassed(soon);

        together.fail(new IOException("no server"));

        assertFailed(late, OutcomeUnknownException.class);
        assertFailed(behind, OutcomeUnknownException.class);
        assertFailed(queued, DeadlinePassedException.class);
        assertThat(regions.stored(LOW)).containsExactly("a");
    }

    @Test
    void append_failsForGood_whatIsBehindCanBeBrokenOffBeforeItIsSent() {
        Deadline.Order order = new Deadline.Order();
        var failed = regions.append(LOW, "a", order.within(minute())).whenComplete((done, why) -> order.breakOff());
        CompletableFuture<AppendOutcome> behind = regions.append(LOW, "b", order.within(minute()));

        regions.next().fail(new DoNotRetryIOException("sequencer failed"));

        assertFailed(failed, OutcomeUnknownException.class);
        assertFailed(behind, DeadlinePassedException.class);
        assertThat(regions.stored(LOW)).isEmpty();
    }

    @Test
    void append_allDeadlinesPassedInTheQueue_leavesTheLaneReady() {
        regions.send(LOW, "a");
        Deadline soon = Deadline.after(Duration.ofMillis(20));
        for (int i = 0; i < 3; i++) {
            regions.send(large("late" + i, 8), soon);
        }
        awaitPassed(soon);
        regions.next().succeed();

        assertThat(regions.requests).isEmpty();
        regions.send(LOW, "b");
        regions.next().succeed();
        assertThat(regions.stored(LOW)).containsExactly("a", "b");
    }

    @Test
    void append_deadlinePassedAfterSending_isOutcomeUnknown() {
        Deadline soon = Deadline.after(Duration.ofMillis(20));
        CompletableFuture<AppendOutcome> append = regions.append(LOW, "a", soon);
        awaitPassed(soon);

        regions.next().loseAnswer();

        assertFailed(append, OutcomeUnknownException.class);
        regions.send(LOW, "b");
        regions.next().succeed();
    }

    @Test
    void append_beyondTheBudget_isOverloadedAndCountsNothing() {
        List<CompletableFuture<AppendOutcome>> taken = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        taken.add(regions.append(large("m" + i, 8), minute()));
                    }
                })
                .isInstanceOf(OverloadedException.class);
        assertThat(regions.budget.usedBytes()).isLessThanOrEqualTo(ScriptedRegions.BUDGET_BYTES);

        while (!regions.requests.isEmpty()) {
            regions.next().succeed();
        }

        assertThat(taken).hasSize(32).allMatch(CompletableFuture::isDone);
    }

    @Test
    void append_regionHasSplit_isSentAgainByRegionAndKeepsItsOrder() {
        regions.send(HIGH, "h");
        regions.send(LOW, "x");
        for (String id : List.of("1", "2")) {
            regions.send(LOW, "low" + id);
            regions.send(MIDDLE, "middle" + id);
        }
        regions.change("", "40", "80");
        regions.next().succeed();
        regions.next().succeed();
        Request stale = regions.next();
        CompletableFuture<AppendOutcome> later = regions.append(MIDDLE, "middle3");

        stale.succeed();

        assertThat(regions.requests).as("the new lane waits").singleElement().satisfies(again -> assertThat(again.ids())
                .containsExactly("middle1", "middle2"));
        regions.next().succeed();
        while (!regions.requests.isEmpty()) {
            regions.next().succeed();
        }
        assertThat(regions.stored(LOW)).containsExactly("x", "low1", "low2");
        assertThat(regions.stored(MIDDLE)).containsExactly("middle1", "middle2", "middle3");
        assertThat(seqOf(later)).isEqualTo(SequenceId.of(3));
    }

    @Test
    void refresh_anotherMap_newLanesWaitForEverythingOfTheOldOnes() {
        regions.send(LOW, "a");
        regions.send(HIGH, "h");
        Request low = regions.next();
        Request high = regions.next();
        regions.change("", "40", "80");
        regions.refresh();

        regions.send(LOW, "b");
        regions.send(HIGH, "i");
        low.succeed();
        assertThat(regions.requests)
                .as("the lane of the other region is still busy")
                .isEmpty();
        high.succeed();

        assertThat(regions.requests).hasSize(2);
        regions.next().succeed();
        regions.next().succeed();
        assertThat(regions.stored(LOW)).containsExactly("a", "b");
        assertThat(regions.stored(HIGH)).containsExactly("h", "i");
    }

    @Test
    void refresh_twoMapsInARowWhileTheFirstIsBusy_keepsTheOrderOverAllThree() {
        regions.send(LOW, "1");
        Request first = regions.next();
        regions.change("", "40", "80");
        regions.refresh();
        regions.send(LOW, "2");
        regions.send(MIDDLE, "m1");
        regions.change("");
        regions.refresh();
        regions.send(LOW, "3");
        regions.send(MIDDLE, "m2");
        assertThat(regions.requests).isEmpty();

        first.succeed();
        assertThat(regions.requests).extracting(Request::ids).containsExactly(List.of("2"), List.of("m1"));
        regions.next().succeed();
        assertThat(regions.requests).hasSize(1);
        regions.next().succeed();
        assertThat(regions.requests).singleElement().extracting(Request::ids).isEqualTo(List.of("3", "m2"));
        regions.next().succeed();

        assertThat(regions.stored(LOW)).containsExactly("1", "2", "3");
        assertThat(regions.stored(MIDDLE)).containsExactly("m1", "m2");
    }

    @Test
    void refresh_sameMap_changesNothing() {
        regions.send(LOW, "a");
        regions.refresh();
        regions.send(LOW, "b");
        regions.next().succeed();
        regions.next().succeed();

        assertThat(regions.registry.meter("hbase.region.map.changes").getCount())
                .isZero();
    }

    @Test
    void append_timerClosedWhileItIsTriedAgain_failsInsteadOfWaitingForEver() {
        CompletableFuture<AppendOutcome> append = regions.append(LOW, "a");
        CompletableFuture<AppendOutcome> queued = regions.append(LOW, "b");
        regions.closeTimer();
        regions.next().fail(new IOException("connection closed"));
        regions.next().fail(new IOException("connection closed"));

        assertFailed(append, OutcomeUnknownException.class);
        regions.next().succeed();
        assertThat(queued).isCompleted();
    }

    @Test
    void append_senderThrows_failsInsteadOfWaitingForEver() {
        regions.refuse(new IllegalStateException("client closed"));

        CompletableFuture<AppendOutcome> append = regions.append(LOW, "a");
        assertFailed(append, OutcomeUnknownException.class);

        regions.refuse(null);
        CompletableFuture<AppendOutcome> next = regions.append(LOW, "b");
        regions.next().succeed();
        assertThat(seqOf(next)).isEqualTo(SequenceId.FIRST);
    }

    /** Any order of appends, answers, losses, failures and region changes. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {201, 202, 203, 204, 205, 206, 207, 208})
    void append_anythingHappens_isStoredOnceAndInOrder(long seed) {
        Random random = new Random(seed);
        List<TimelineId> timelines = List.of(LOW, MIDDLE, HIGH, timeline(0xc0, 0xff));
        List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(3) == 0) {
                int to = random.nextInt(timelines.size());
                sent.get(to).add("m" + i);
                appends.add(regions.append(timelines.get(to), "m" + i));
            } else {
                something(random);
            }
        }
        while (!regions.requests.isEmpty() || !regions.pauses.isEmpty()) {
            if (regions.requests.isEmpty()) {
                regions.pauses.remove().run();
            } else {
                regions.next().succeed();
            }
        }

        assertThat(appends).allMatch(append -> append.isDone() && !append.isCompletedExceptionally());
        for (int i = 0; i < timelines.size(); i++) {
            assertThat(regions.stored(timelines.get(i))).isEqualTo(sent.get(i));
        }
    }

    private void something(Random random) {
        int rotations = regions.requests.isEmpty() ? 0 : random.nextInt(regions.requests.size());
        for (int i = 0; i < rotations; i++) {
            regions.requests.add(regions.next());
        }
        int what = random.nextInt(20);
        if (what == 0) {
            regions.change(List.of("", "40", "80", "c0")
                    .subList(0, 1 + random.nextInt(4))
                    .toArray(new String[0]));
        } else if (what == 1) {
            regions.refresh();
        } else if (what < 6) {
            if (!regions.pauses.isEmpty()) {
                regions.pauses.remove().run();
            }
        } else if (!regions.requests.isEmpty()) {
            Request request = regions.next();
            if (what < 8) {
                request.loseAnswer();
            } else if (what < 10) {
                request.fail(new IOException("no server"));
            } else {
                request.succeed();
            }
        }
    }

    private static void assertFailed(CompletableFuture<AppendOutcome> append, Class<? extends Throwable> by) {
        assertThat(append)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(by);
    }

    private static TimelineAppend large(String id, int quarterMebibytes) {
        List<NewEntry> entries = new ArrayList<>();
        for (int i = 0; i < quarterMebibytes; i++) {
            entries.add(new NewEntry(
                    new SenderId("s"),
                    new ClientMessageId(id + "-" + i),
                    new MessageKind("blob"),
                    Payload.takeOver(new byte[256 * 1024 - 64])));
        }
        return new TimelineAppend(LOW, entries);
    }

    private static TimelineAppend many(String id, int count) {
        List<NewEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(NewEntry.text("s", id + "-" + i, ""));
        }
        return new TimelineAppend(LOW, entries);
    }

    private static Deadline minute() {
        return Deadline.after(Duration.ofMinutes(1));
    }

    private static void awaitPassed(Deadline deadline) {
        while (!deadline.hasPassed()) {
            Thread.onSpinWait();
        }
    }
}
