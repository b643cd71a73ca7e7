package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.ConsumerBatch;
import io.tideline.api.v1.ConsumerBeyondHead;
import io.tideline.api.v1.ConsumerCheckpoint;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PollConsumer and CommitConsumer. */
final class ConsumerTest {
    private ServerFixture fixture;
    private Chat chat;
    private String group;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
        chat = new Chat(fixture.channel);
        group = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static PollConsumerRequest.Builder polling() {
        return PollConsumerRequest.newBuilder().setApp(APP).setConsumer("search");
    }

    private void commit(ConsumerBatch batch) {
        var unused = chat.sync.commitConsumer(CommitConsumerRequest.newBuilder()
                .setApp(APP)
                .setConsumer("search")
                .addCheckpoints(Checkpoint.newBuilder()
                        .setConversationId(batch.getConversationId())
                        .setSeq(batch.getThroughSeq()))
                .build());
    }

    @Test
    void pollConsumer_comesAgainUntilItIsCommitted() {
        chat.send(group, "bob", "m1");

        PollConsumerResponse first = chat.sync.pollConsumer(polling().build());

        assertThat(chat.sync.pollConsumer(polling().build())).isEqualTo(first);
        assertThat(first.getBatches(0).getConversationId()).isEqualTo(group);
        assertThat(first.getBatches(0).getEntriesList())
                .extracting(Entry::getClientMessageId)
                .contains("m1");
        commit(first.getBatches(0));
        assertThat(chat.sync.pollConsumer(polling().build()).getBatchesList()).isEmpty();
        chat.send(group, "bob", "m2");
        assertThat(chat.sync
                        .pollConsumer(polling().setConversationId(group).build())
                        .getBatches(0)
                        .getEntriesList())
                .extracting(Entry::getClientMessageId)
                .containsExactly("m2");
    }

    private static CommitConsumerRequest.Builder committing(ConsumerBatch batch) {
        return CommitConsumerRequest.newBuilder()
                .setApp(APP)
                .setConsumer("search")
                .addTimelines(ConsumerCheckpoint.newBuilder()
                        .setTimeline(batch.getTimeline())
                        .setSeq(batch.getThroughSeq()));
    }

    @Test
    void commitConsumer_whateverPollBrought_isCommitted() {
        var unused = fixture.timelines.append(Messages.append("#Plain Timeline", "p1"));
        PollConsumerResponse page = chat.sync.pollConsumer(polling().build());
        assertThat(page.getBatchesList())
                .extracting(ConsumerBatch::getConversationId)
                .containsExactlyInAnyOrder(group, "#Plain Timeline");

        page.getBatchesList().forEach(this::commit);

        assertThat(chat.sync.pollConsumer(polling().build()).getBatchesList()).isEmpty();
        unused = fixture.timelines.append(Messages.append("#Plain Timeline", "p2"));
        ConsumerBatch more = chat.sync.pollConsumer(polling().build()).getBatches(0);
        assertThat(more.getTimeline()).isEqualTo(Messages.conversation("#Plain Timeline"));
        assertThat(more.getEntriesList()).extracting(Entry::getClientMessageId).containsExactly("p2");
        var done = chat.sync.commitConsumer(committing(more).build());
        assertThat(done).isNotNull();
        assertThat(chat.sync
                        .pollConsumer(
                                polling().setConversationId("#Plain Timeline").build())
                        .getBatchesList())
                .isEmpty();
    }

    @Test
    void pollConsumer_timelineOfAnotherFamily_isReadAndCommitted() {
        TimelineName inbox = TimelineName.newBuilder()
                .setApp(APP)
                .setFamily(TimelineFamily.INBOX)
                .setId("bob")
                .build();
        chat.send(chat.group(DiffusionPolicy.DIFFUSION_WRITE, "anna", "bob"), "anna", "m1");
        chat.awaitFanout();

        ConsumerBatch batch =
                chat.sync.pollConsumer(polling().setTimeline(inbox).build()).getBatches(0);

        assertThat(batch.getTimeline()).isEqualTo(inbox);
        assertThat(batch.getConversationId()).isEmpty();
        assertThat(batch.getEntriesList()).isNotEmpty();
        var unused = chat.sync.commitConsumer(committing(batch).build());
        assertThat(chat.sync.pollConsumer(polling().setTimeline(inbox).build()).getBatchesList())
                .isEmpty();
    }

    @Test
    void consumer_timelineOfAnotherApp_isRefused() {
        TimelineName foreign =
                Messages.conversation("c").toBuilder().setApp("other").build();

        assertThat(failureOf(() -> chat.sync.pollConsumer(polling()
                                .setTimeline(foreign)
                                .setConversationId(group)
                                .build()))
                        .fields())
                .containsExactlyInAnyOrder("conversation_id", "timeline.app");
        assertThat(failureOf(() -> chat.sync.commitConsumer(CommitConsumerRequest.newBuilder()
                                .setApp(APP)
                                .setConsumer("search")
                                .addTimelines(ConsumerCheckpoint.newBuilder()
                                        .setTimeline(foreign)
                                        .setSeq(1))
                                .addTimelines(ConsumerCheckpoint.getDefaultInstance())
                                .build()))
                        .fields())
                .containsExactlyInAnyOrder("timelines[0].timeline.app", "timelines[1].timeline", "timelines[1].seq");
    }

    @Test
    void pollConsumer_waits_untilSomethingComes() throws Exception {
        commit(chat.sync.pollConsumer(polling().build()).getBatches(0));
        Future<PollConsumerResponse> waiting = SyncServiceGrpc.newFutureStub(fixture.channel)
                .pollConsumer(polling()
                        .setMaxWait(Duration.newBuilder().setSeconds(20))
                        .build());

        chat.send(group, "bob", "m1");

        assertThat(waiting.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                        .getBatches(0)
                        .getEntriesList())
                .extracting(Entry::getClientMessageId)
                .containsExactly("m1");
    }

    @Test
    void commitConsumer_beyondHead_isRefused() {
        Failure failure = failureOf(() -> chat.sync.commitConsumer(CommitConsumerRequest.newBuilder()
                .setApp(APP)
                .setConsumer("search")
                .addCheckpoints(Checkpoint.newBuilder().setConversationId(group).setSeq(1_000))
                .build()));

        assertThat(failure.code()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(failure.reason()).isEqualTo("CHECKPOINT_BEYOND_HEAD");
    }

    /** A checkpoint from before the timeline was restored from an older copy. */
    private void committedBefore(String conversation, long seq) {
        TimelineId registry =
                new TimelineId(new AppId(APP), io.tideline.core.timeline.TimelineFamily.REGISTRY, "consumer/search");
        RecordKey key = RecordKey.of(registry, RecordKind.CONSUMER_CHECKPOINT, KeyPart.of(conversation));
        fixture.memory
                .raise(List.of(new TimelineRecord(key, seq, Payload.EMPTY)), Deadline.after(ServerFixture.WAIT))
                .join();
    }

    @Test
    void pollConsumer_endsBeforeTheCheckpoint_isNamedAndTheOthersGoOn() {
        String other = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        long last = chat.sync
                .pollConsumer(polling().setConversationId(group).build())
                .getBatches(0)
                .getLastSeq();
        committedBefore(group, last + 5);

        PollConsumerResponse answer = chat.sync.pollConsumer(polling().build());

        assertThat(answer.getBatchesList())
                .extracting(ConsumerBatch::getConversationId)
                .containsExactly(other);
        assertThat(answer.getBeyondHeadList())
                .containsExactly(ConsumerBeyondHead.newBuilder()
                        .setTimeline(Messages.conversation(group))
                        .setCommittedSeq(last + 5)
                        .setLastSeq(last)
                        .build());
        Failure failure = failureOf(() -> chat.sync.pollConsumer(polling()
                .setConversationId(group)
                .setMaxWait(Duration.newBuilder().setSeconds(30))
                .build()));
        assertThat(failure.code()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(failure.reason()).isEqualTo("CHECKPOINT_BEYOND_HEAD");
        assertThat(failure.metadata())
                .containsEntry("timeline_id", group)
                .containsEntry("committed_seq", Long.toString(last + 5))
                .containsEntry("last_seq", Long.toString(last));
    }

    @Test
    void pollConsumer_malformed_namesEveryField() {
        assertThat(failureOf(() -> chat.sync.pollConsumer(polling()
                                .setConsumer("no spaces")
                                .setMaxEntries(1_001)
                                .setMaxWait(Duration.newBuilder().setSeconds(31))
                                .build()))
                        .fields())
                .containsExactlyInAnyOrder("consumer", "max_entries", "max_wait");
    }
}
