package io.tideline.core.feed;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link ChangeFeed} passes, together with a {@link TimelineStore} whose moves it tells. */
public interface ChangeFeedContract {
    ChangeFeed changes();

    TimelineStore store();

    private static TimelineId fresh(TimelineFamily family) {
        return new TimelineId(new AppId("feed"), family, UUID.randomUUID().toString());
    }

    private void append(TimelineId timeline, int count) {
        TimelineProbe.receipts(await(store().append(
                        TimelineAppend.of(
                                timeline,
                                TimelineProbe.entries("alice", UUID.randomUUID().toString(), 1, count)),
                        soon())));
    }

    /** Listens, and gets over what is told to whoever begins: that any timeline may have moved. */
    private RecordingListener listening() {
        RecordingListener listener = new RecordingListener(changes());
        await(changes().barrier(soon()));
        return listener;
    }

    @ParameterizedTest
    @EnumSource(
            value = TimelineFamily.class,
            names = {"CONVERSATION", "INBOX", "PERSONAL"})
    default void barrier_afterAnAppend_hasToldOfIt(TimelineFamily family) {
        TimelineId timeline = fresh(family);
        try (RecordingListener listener = listening()) {
            append(timeline, 3);
            await(changes().barrier(soon()));

            assertThat(listener.knows(timeline, 3)).isTrue();
            append(timeline, 1);
            await(changes().barrier(soon()));
            assertThat(listener.knows(timeline, 4)).isTrue();
        }
    }

    @Test
    default void barrier_afterManyAppends_hasToldOfAll() {
        List<TimelineId> timelines = IntStream.range(0, 50)
                .mapToObj(i -> fresh(i % 2 == 0 ? TimelineFamily.CONVERSATION : TimelineFamily.INBOX))
                .toList();
        try (RecordingListener listener = listening()) {
            timelines.forEach(timeline -> append(timeline, 2));
            await(changes().barrier(soon()));

            assertThat(timelines).allMatch(timeline -> listener.knows(timeline, 2));
        }
    }

    @Test
    default void listen_withoutABarrier_isToldSoonerOrLater() {
        TimelineId timeline = fresh(TimelineFamily.CONVERSATION);
        try (RecordingListener listener = listening()) {
            CompletableFuture<Void> told = listener.when(() -> listener.knows(timeline, 1));
            append(timeline, 1);

            await(told);
        }
    }

    @Test
    default void barrier_byManyAtOnce_eachHasHeardOfItsOwn() {
        try (RecordingListener listener = listening()) {
            TimelineProbe.inParallel(8, thread -> {
                for (int i = 0; i < 20; i++) {
                    TimelineId timeline = fresh(TimelineFamily.CONVERSATION);
                    append(timeline, 1);
                    await(changes().barrier(soon()));
                    assertThat(listener.knows(timeline, 1)).isTrue();
                }
            });
        }
    }

    @Test
    default void listen_several_eachIsTold() {
        TimelineId timeline = fresh(TimelineFamily.CONVERSATION);
        try (RecordingListener first = listening();
                RecordingListener second = listening()) {
            append(timeline, 1);
            await(changes().barrier(soon()));

            assertThat(first.knows(timeline, 1)).isTrue();
            assertThat(second.knows(timeline, 1)).isTrue();
        }
    }

    @Test
    default void listen_removed_isToldNothingMore() {
        TimelineId timeline = fresh(TimelineFamily.CONVERSATION);
        RecordingListener removed = listening();
        removed.close();
        try (RecordingListener stays = listening()) {
            append(timeline, 1);
            await(changes().barrier(soon()));

            assertThat(stays.knows(timeline, 1)).isTrue();
            assertThat(removed.told(timeline)).isEqualTo(SequenceId.NONE);
        }
    }

    @Test
    default void barrier_withoutListeners_completes() {
        append(fresh(TimelineFamily.CONVERSATION), 1);

        await(changes().barrier(soon()));
    }

    @Test
    default void barrier_repeatedAppend_isNoFalseAlarmAboveTheHead() {
        TimelineId timeline = fresh(TimelineFamily.CONVERSATION);
        NewEntry entry = NewEntry.text("alice", "m1", "hello");
        try (RecordingListener listener = listening()) {
            await(store().append(TimelineAppend.of(timeline, entry), soon()));
            await(store().append(TimelineAppend.of(timeline, entry), soon()));
            await(changes().barrier(soon()));

            assertThat(listener.told(timeline)).isEqualTo(SequenceId.FIRST);
        }
    }

    /** Remembers the farthest seq told of each timeline, and how often track was lost. Its methods are thread safe. */
    final class RecordingListener implements ChangeListener, AutoCloseable {
        private record Waiter(BooleanSupplier condition, CompletableFuture<Void> met) {}

        private final ConcurrentHashMap<TimelineId, SequenceId> seqs = new ConcurrentHashMap<>();
        private final AtomicInteger lostTracks = new AtomicInteger();
        private final List<Waiter> waiters = new CopyOnWriteArrayList<>();
        private final Runnable remover;

        public RecordingListener(ChangeFeed feed) {
            this.remover = feed.listen(this);
        }

        /** The farthest seq that was told. */
        public SequenceId told(TimelineId timeline) {
            return seqs.getOrDefault(timeline, SequenceId.NONE);
        }

        public boolean knows(TimelineId timeline, long seq) {
            return told(timeline).value() >= seq;
        }

        public int lostTracks() {
            return lostTracks.get();
        }

        /** Completes when {@code condition}, which is asked after everything that is told, holds. */
        public CompletableFuture<Void> when(BooleanSupplier condition) {
            CompletableFuture<Void> met = new CompletableFuture<>();
            waiters.add(new Waiter(condition, met));
            wake();
            return met;
        }

        private void wake() {
            waiters.stream().filter(waiter -> waiter.condition().getAsBoolean()).forEach(waiter -> waiter.met()
                    .complete(null));
        }

        @Override
        public void changed(List<Change> changes) {
            changes.forEach(change -> seqs.merge(change.timeline(), change.last(), SequenceId::max));
            wake();
        }

        @Override
        public void lostTrack() {
            lostTracks.incrementAndGet();
            wake();
        }

        @Override
        public void close() {
            remover.run();
        }
    }
}
