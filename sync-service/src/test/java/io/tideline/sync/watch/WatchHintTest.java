package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.POLL;
import static io.tideline.sync.watch.WatchFixture.REORDER;
import static io.tideline.sync.watch.WatchFixture.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WatchHintTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final WatchFixture fixture = new WatchFixture(WatchConfig.DEFAULT.withPollInterval(NEVER));

    private void hint(TimelineId timeline, long last) {
        fixture.hub.changed(List.of(new Change(timeline, SequenceId.of(last))));
    }

    @Test
    void hint_ofAnAppendElsewhere_wakesTheWatchLongBeforeThePoll() {
        RecordingListener listener = fixture.follow(1);
        fixture.appendElsewhere(2);

        hint(ROOM, 2);
        fixture.scheduler.advance(REORDER);

        assertThat(listener.events).containsExactly("caught up 0", "1..2");
        assertThat(fixture.meter("watch.hinted")).isEqualTo(1);
    }

    @Test
    void hint_whileTheWatchReplays_isNotLost() {
        fixture.store.holdReads = true;
        RecordingListener listener = fixture.follow(1);
        fixture.appendElsewhere(1);
        hint(ROOM, 1);
        fixture.scheduler.runDue();

        fixture.store.holdReads = false;
        fixture.store.heldReads.forEach(held -> held.release());
        fixture.scheduler.advance(REORDER);

        assertThat(listener.events).contains("1..1");
    }

    @Test
    void hint_lost_isFoundByThePoll() {
        WatchFixture polling = new WatchFixture();
        RecordingListener listener = polling.follow(1);
        polling.appendElsewhere(1);

        polling.scheduler.advance(POLL.plus(REORDER));

        assertThat(listener.events).containsExactly("caught up 0", "1..1");
    }

    @Test
    void hint_ofWhatIsKnownOrNotWatched_asksNothing() {
        fixture.follow(1);
        fixture.append(1);

        hint(ROOM, 1);
        hint(TimelineId.conversation("app", "other"), 7);
        fixture.scheduler.runDue();

        assertThat(fixture.store.polls).isEmpty();
    }

    @Test
    void hint_ofWhatIsNotThere_isNotBelieved() {
        RecordingListener listener = fixture.follow(1);
        hint(ROOM, 1_000_000);
        fixture.scheduler.advance(REORDER);

        fixture.append(1);

        assertThat(listener.events).containsExactly("caught up 0", "1..1");
        assertThat(fixture.store.polls).hasSize(1);
    }

    @Test
    void hint_whileOneIsLookedAfter_joinsTheNextLook() {
        RecordingListener listener = fixture.follow(1);
        fixture.store.holdHeads = true;
        fixture.appendElsewhere(1);
        hint(ROOM, 1);
        fixture.scheduler.runDue();
        fixture.appendElsewhere(1);
        hint(ROOM, 2);
        hint(ROOM, 2);
        fixture.scheduler.runDue();
        assertThat(fixture.store.polls).hasSize(1);

        fixture.store.holdHeads = false;
        fixture.store.heldHeads.remove(0).release();
        fixture.scheduler.advance(REORDER.multipliedBy(2));

        assertThat(listener.events.get(listener.events.size() - 1)).endsWith("..2");
        assertThat(fixture.store.polls).hasSize(2);
    }

    @Test
    void hint_headCannotBeHad_isCountedAndTheNextOneWorks() {
        RecordingListener listener = fixture.follow(1);
        fixture.appendElsewhere(1);
        fixture.store.headsFailure = () -> new StorageUnavailableException("region moves", Map.of(), null);
        hint(ROOM, 1);
        fixture.scheduler.advance(REORDER);
        assertThat(fixture.meter("watch.hint.failures")).isEqualTo(1);

        fixture.store.headsFailure = () -> null;
        hint(ROOM, 1);
        fixture.scheduler.advance(REORDER);

        assertThat(listener.events).containsExactly("caught up 0", "1..1");
    }

    @Test
    void listen_hearsOfAppendsThroughTheHubUntilRemoved() {
        List<Change> heard = new ArrayList<>();
        Runnable remove = fixture.hub.listen(new ChangeListener() {
            @Override
            public void changed(List<Change> changes) {
                heard.addAll(changes);
            }

            @Override
            public void lostTrack() {}
        });

        fixture.append(3);
        fixture.appendElsewhere(1);
        remove.run();
        fixture.append(1);

        assertThat(heard).containsExactly(new Change(ROOM, SequenceId.of(3)));
    }
}
