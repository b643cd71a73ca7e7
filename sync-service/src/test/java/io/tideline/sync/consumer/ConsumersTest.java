package io.tideline.sync.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.Conversations;
import io.tideline.sync.LaggingFeed;
import io.tideline.sync.SyncPorts;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsumersTest {
    private static final ConsumerId CONSUMER = new ConsumerId(Conversations.APP, "search.index");

    private final Conversations world = new Conversations();
    private final LaggingFeed feed = new LaggingFeed(world.store);
    private Consumers consumers = consumers(ConsumerConfig.DEFAULT);

    private Consumers consumers(ConsumerConfig config) {
        return new Consumers(new SyncPorts(world.store, world.store, world.store, world.store, feed), config);
    }

    private ConsumerPage poll(int maxEntries) {
        return consumers
                .poll(new ConsumerQuery(CONSUMER, Optional.empty(), maxEntries, 1_000_000), Conversations.deadline())
                .join();
    }

    private CommitOutcome commit(ConsumerPage page) {
        Map<TimelineId, SequenceId> through = new HashMap<>();
        page.batches().forEach(batch -> through.put(batch.timeline(), batch.through()));
        return consumers.commit(CONSUMER, through, Conversations.deadline()).join();
    }

    @Test
    void poll_uncommitted_comesAgain() {
        world.create("room", Diffusion.READ, false, "ann");

        ConsumerPage first = poll(10);
        ConsumerPage again = poll(10);
        commit(again);

        assertThat(first.batches()).hasSize(1).isEqualTo(again.batches());
        assertThat(poll(10).batches()).isEmpty();
    }

    @Test
    void commit_beyondHeadOrBackwards_movesNothing() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann");
        TimelineId timeline = room.timeline(Conversations.APP);
        commit(poll(10));

        assertThat(consumers
                        .commit(CONSUMER, Map.of(timeline, SequenceId.of(9)), Conversations.deadline())
                        .join())
                .isEqualTo(new CommitOutcome.BeyondHead(timeline, SequenceId.of(2)));
        consumers
                .commit(CONSUMER, Map.of(timeline, SequenceId.of(1)), Conversations.deadline())
                .join();
        assertThat(poll(10).batches()).isEmpty();
    }

    /** What a checkpoint says that was stored before the timeline was begun anew. */
    private void committedBefore(ConversationId room, long seq) {
        RecordKey key = RecordKey.of(CONSUMER.registry(), RecordKind.CONSUMER_CHECKPOINT, KeyPart.of(room.value()));
        world.store
                .raise(List.of(new TimelineRecord(key, seq, Payload.EMPTY)), Conversations.deadline())
                .join();
    }

    private static ConsumerBeyondHead beyond(ConversationId room, long committed, long head) {
        return new ConsumerBeyondHead(room.timeline(Conversations.APP), SequenceId.of(committed), SequenceId.of(head));
    }

    @Test
    void poll_endsBeforeTheCheckpoint_isToldAndTheOthersGoOn() {
        ConversationId anew = world.create("anew", Diffusion.READ, false, "ann");
        ConversationId other = world.create("other", Diffusion.READ, false, "ann");
        committedBefore(anew, 4);

        ConsumerPage page = poll(10);

        assertThat(page.batches())
                .extracting(ConsumerBatch::timeline)
                .containsExactly(other.timeline(Conversations.APP));
        assertThat(page.beyondHead()).containsExactly(beyond(anew, 4, 2));
        commit(page);
        assertThat(poll(10)).isEqualTo(new ConsumerPage(List.of(), List.of(beyond(anew, 4, 2)), false));

        world.send(anew, "ann", "3");
        assertThat(poll(10).beyondHead()).containsExactly(beyond(anew, 4, 3));
        world.send(anew, "ann", "4");
        assertThat(poll(10)).isEqualTo(new ConsumerPage(List.of(), List.of(), false));
        world.send(anew, "ann", "5");
        ConsumerPage grown = poll(10);
        assertThat(grown.batches().get(0).through()).isEqualTo(SequenceId.of(5));
        assertThat(grown.beyondHead()).isEmpty();
    }

    @Test
    void poll_moreEndBeforeTheCheckpointThanAPageHolds_ends() {
        for (int i = 0; i < ConsumerPage.MAX_BEYOND_HEAD + 5; i++) {
            committedBefore(world.create("anew" + i, Diffusion.READ, false, "ann"), 4);
        }

        ConsumerPage page = poll(2);

        assertThat(page.batches()).isEmpty();
        assertThat(page.hasMore()).isFalse();
        assertThat(page.beyondHead()).hasSize(ConsumerPage.MAX_BEYOND_HEAD);
    }

    @Test
    void poll_oneTimelineThatEndsBeforeTheCheckpoint_isTold() {
        ConversationId anew = world.create("anew", Diffusion.READ, false, "ann");
        ConversationId gone = new ConversationId("gone");
        committedBefore(anew, 4);
        committedBefore(gone, 7);

        for (ConsumerBeyondHead told : List.of(beyond(anew, 4, 2), beyond(gone, 7, 0))) {
            ConsumerQuery query = new ConsumerQuery(CONSUMER, Optional.of(told.timeline()), 10, 1_000);
            assertThat(consumers.poll(query, Conversations.deadline()).join())
                    .isEqualTo(new ConsumerPage(List.of(), List.of(told), false));
        }
    }

    /** Another process of the consumer commits between the look at the head and that at the checkpoint. */
    @Test
    void poll_checkpointRaisedMeanwhile_isNotTakenForBeyond() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann");
        TimelineStore overtaken = (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    Object answer = method.invoke(world.store, args);
                    if (method.getName().equals("heads") && world.member(room, "bob") == null) {
                        committedBefore(room, world.join(room, "bob").value());
                    }
                    return answer;
                });
        consumers = new Consumers(
                new SyncPorts(overtaken, world.store, world.store, world.store, feed), ConsumerConfig.DEFAULT);
        ConsumerQuery query = new ConsumerQuery(CONSUMER, Optional.of(room.timeline(Conversations.APP)), 10, 1_000);

        assertThat(consumers.poll(query, Conversations.deadline()).join())
                .isEqualTo(new ConsumerPage(List.of(), List.of(), false));
    }

    @Test
    void poll_oneTimeline_readsItInOrder() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann");
        world.create("other", Diffusion.WRITE, false, "ann");
        ConsumerQuery query = new ConsumerQuery(CONSUMER, Optional.of(room.timeline(Conversations.APP)), 1, 1_000_000);

        ConsumerPage page = consumers.poll(query, Conversations.deadline()).join();

        assertThat(page.batches()).hasSize(1);
        assertThat(page.batches().get(0).through()).isEqualTo(SequenceId.of(1));
        assertThat(page.hasMore()).isTrue();
    }

    @SuppressWarnings("unchecked")
    @Test
    void poll_muchMoreThanAPageHolds_readsLittleMoreThanIt() {
        for (int i = 0; i < 60; i++) {
            world.send(world.create("room" + i, Diffusion.READ, false, "ann"), "ann", "x".repeat(1_000));
        }
        AtomicLong read = new AtomicLong();
        TimelineStore counting = (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    Object answer = method.invoke(world.store, args);
                    if (method.getName().equals("read")) {
                        ((CompletableFuture<TimelinePage>) answer)
                                .join()
                                .entries()
                                .forEach(entry -> read.addAndGet(entry.payload().size()));
                    }
                    return answer;
                });
        consumers = new Consumers(
                new SyncPorts(counting, world.store, world.store, world.store, feed), new ConsumerConfig(1_000, 1, 4));
        Set<TimelineId> seen = new HashSet<>();
        ConsumerPage page;
        do {
            read.set(0);
            page = consumers
                    .poll(new ConsumerQuery(CONSUMER, Optional.empty(), 1_000, 5_000), Conversations.deadline())
                    .join();
            assertThat(read.get()).isLessThan(15_000);
            page.batches().stream()
                    .filter(batch -> batch.through().equals(batch.head()))
                    .forEach(batch -> seen.add(batch.timeline()));
            commit(page);
        } while (page.hasMore());

        assertThat(seen).hasSize(60);
        assertThat(poll(1_000).batches()).isEmpty();
    }

    /** Sends, polls, lost commits, restarts, a lost feed, and memory for three timelines of ten. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void poll_whateverHappens_getsEverythingInOrder(long seed) {
        Random random = new Random(seed);
        ConsumerConfig small = new ConsumerConfig(3, 2, 4);
        List<ConversationId> rooms = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rooms.add(world.create("room" + i, Diffusion.READ, false, "ann"));
        }
        Map<TimelineId, Long> got = new HashMap<>();
        for (int step = 0; step < 600; step++) {
            int kind = random.nextInt(20);
            if (kind < 10) {
                world.send(rooms.get(random.nextInt(10)), "ann", "text");
            } else if (kind == 10) {
                consumers.close();
                consumers = consumers(small);
            } else if (kind == 11) {
                feed.loseTrack();
            } else {
                take(poll(1 + random.nextInt(8)), got, random.nextBoolean());
            }
        }
        boolean more = true;
        while (more) {
            ConsumerPage page = poll(5);
            take(page, got, true);
            more = page.hasMore();
        }

        for (ConversationId room : rooms) {
            TimelineId timeline = room.timeline(Conversations.APP);
            long head = world.store
                    .describe(timeline, SequenceId.NONE, Conversations.deadline())
                    .join()
                    .orElseThrow()
                    .head()
                    .last()
                    .value();
            assertThat(got).containsEntry(timeline, head);
        }
    }

    private void take(ConsumerPage page, Map<TimelineId, Long> got, boolean committed) {
        for (ConsumerBatch batch : page.batches()) {
            long before = got.getOrDefault(batch.timeline(), 0L);
            long first = batch.entries().get(0).seq().value();
            assertThat(first).isLessThanOrEqualTo(before + 1);
            got.put(batch.timeline(), Math.max(before, batch.through().value()));
        }
        if (committed) {
            commit(page);
        }
    }
}
