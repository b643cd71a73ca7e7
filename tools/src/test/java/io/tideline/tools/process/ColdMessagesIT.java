package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.GetMessagesRequest;
import io.tideline.api.v1.GetMessagesResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.LocateRequest;
import io.tideline.api.v1.LocateResponse.Place;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.client.TidelineClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users do with messages that lie in files by now: nothing tells them so. */
final class ColdMessagesIT {
    private static final String APP = "shop";
    private static final int PATIENCE_SECONDS = 120;
    private static final int MESSAGES = 60;
    private static final int NOT_COLD = 10;

    @TempDir
    private Path directory;

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void messagesInFiles_areReadChangedAndCounted_asAllOthers() throws Exception {
        Path tiers = directory.resolve("tiers.properties");
        Files.writeString(tiers, "hot-entries = 5\nwarm-entries = " + NOT_COLD + "\n");
        try (ServeProcess server = ServeProcess.start(
                        0, "--data", directory.resolve("data").toString(), "--tiers", tiers.toString());
                TidelineClient client = server.client()) {
            Talk talk = new Talk(client, created(client));
            talk.begin();
            talk.archive();

            talk.isFoundBySeqAndById();
            talk.isChanged();
            talk.isListedBackward();
            talk.isWatchedFromTheFirst();
            talk.isSyncedToANewDevice();
            talk.isCountedAsUnread();
        }
    }

    private static String text(int i) {
        return "message " + i;
    }

    private static String created(TidelineClient client) throws Exception {
        return await(client.messaging()
                        .createConversation(CreateConversationRequest.newBuilder()
                                .setApp(APP)
                                .setCreator("ann")
                                .setKind(ConversationKind.GROUP)
                                .addMembers("bob")
                                .build()))
                .getConversation()
                .getId();
    }

    /** What bob said to ann. */
    private static final class Talk {
        private final TidelineClient client;
        private final String room;
        private final List<SendResponse> sent = new ArrayList<>();

        Talk(TidelineClient client, String room) {
            this.client = client;
            this.room = room;
        }

        void begin() throws Exception {
            for (int i = 0; i < MESSAGES; i++) {
                sent.add(await(client.messaging()
                        .send(SendRequest.newBuilder()
                                .setApp(APP)
                                .setConversationId(room)
                                .setSender("bob")
                                .setMessage(OutgoingMessage.newBuilder()
                                        .setClientMessageId("m" + i)
                                        .setKind("text")
                                        .setPayload(ByteString.copyFromUtf8(text(i))))
                                .build())));
            }
        }

        private long seq(int message) {
            return sent.get(message).getSeq();
        }

        private long last() {
            return seq(MESSAGES - 1);
        }

        private TimelineName timeline() {
            return TimelineName.newBuilder()
                    .setApp(APP)
                    .setFamily(TimelineFamily.CONVERSATION)
                    .setId(room)
                    .build();
        }

        void archive() throws Exception {
            await(client.operator().runScheduler(false));
            Operation run = await(client.archive()
                    .run(RunArchiveRequest.newBuilder().setOperationId("cold").build()));
            while (run.getState() == Operation.State.PENDING || run.getState() == Operation.State.RUNNING) {
                run = await(client.operations()
                        .await(WaitOperationRequest.newBuilder()
                                .setOperationId("cold")
                                .setSeen(run.getUpdateTime())
                                .build()));
            }
            assertThat(run.getState()).as("%s", run).isEqualTo(Operation.State.SUCCEEDED);
            assertThat(placeOf(1)).isEqualTo(Place.COLD);
            assertThat(placeOf(last() - NOT_COLD - 1)).isEqualTo(Place.COLD);
            assertThat(placeOf(last())).isEqualTo(Place.HOT);
        }

        private Place placeOf(long seq) throws Exception {
            return await(client.history()
                            .locate(LocateRequest.newBuilder()
                                    .setTimeline(timeline())
                                    .setSeq(seq)
                                    .build()))
                    .getPlace();
        }

        void isFoundBySeqAndById() throws Exception {
            GetMessagesRequest request = GetMessagesRequest.newBuilder()
                    .setApp(APP)
                    .setConversationId(room)
                    .setUser("ann")
                    .build();

            GetMessagesResponse bySeq = await(client.history()
                    .getMessages(request.toBuilder().addSeqs(seq(3)).build()));
            GetMessagesResponse byId = await(client.history()
                    .getMessages(request.toBuilder()
                            .addMessageIds(sent.get(7).getMessageId())
                            .build()));

            assertThat(bySeq.getMessages(0).getPayload().toStringUtf8()).isEqualTo(text(3));
            assertThat(byId.getMessages(0).getSeq()).isEqualTo(seq(7));
            assertThat(byId.getMessages(0).getPayload().toStringUtf8()).isEqualTo(text(7));
        }

        void isChanged() throws Exception {
            await(client.messaging()
                    .editMessage(EditMessageRequest.newBuilder()
                            .setApp(APP)
                            .setConversationId(room)
                            .setUser("bob")
                            .setSeq(seq(1))
                            .setKind("text")
                            .setPayload(ByteString.copyFromUtf8("edited"))
                            .setClientMessageId("e1")
                            .build()));
            await(client.messaging()
                    .recallMessage(RecallMessageRequest.newBuilder()
                            .setApp(APP)
                            .setConversationId(room)
                            .setUser("bob")
                            .setSeq(seq(2))
                            .build()));
            await(client.messaging()
                    .react(ReactRequest.newBuilder()
                            .setApp(APP)
                            .setConversationId(room)
                            .setUser("ann")
                            .setSeq(seq(3))
                            .setReaction("+1")
                            .build()));
        }

        /** As all of them must look from now on. */
        private void assertAsChanged(List<Message> messages) {
            assertThat(messages.stream().filter(message -> !message.hasEvent()).map(Message::getSeq))
                    .containsExactlyElementsOf(
                            sent.stream().map(SendResponse::getSeq).toList());
            for (Message message : messages) {
                int number = message.hasEvent()
                        ? -1
                        : Integer.parseInt(message.getClientMessageId().substring(1));
                if (number == 1) {
                    assertThat(message.getPayload().toStringUtf8()).isEqualTo("edited");
                } else if (number == 2) {
                    assertThat(message.getState()).isEqualTo(MessageState.RECALLED);
                    assertThat(message.getPayload()).isEmpty();
                } else if (number >= 0) {
                    assertThat(message.getPayload().toStringUtf8()).isEqualTo(text(number));
                    assertThat(message.getReactionsCount()).isEqualTo(number == 3 ? 1 : 0);
                }
            }
        }

        void isListedBackward() {
            List<Message> messages = new ArrayList<>();
            client.messaging()
                    .allMessages(
                            ListMessagesRequest.newBuilder()
                                    .setApp(APP)
                                    .setConversationId(room)
                                    .setUser("ann")
                                    .setDirection(Direction.BACKWARD)
                                    .setPageSize(7)
                                    .build(),
                            gap -> {
                                // She was no member yet when the conversation began.
                                assertThat(gap.getType()).isEqualTo(MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE);
                                assertThat(gap.getToSeq()).isEqualTo(1);
                            })
                    .forEachRemaining(messages::add);
            Collections.reverse(messages);

            // The three changes are entries too.
            assertThat(messages.stream().map(Message::getSeq))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(2, last() + 3).boxed().toList());
            assertAsChanged(messages);
        }

        void isWatchedFromTheFirst() throws Exception {
            try (SeenEntries seen = new SeenEntries(client, timeline())) {
                seen.await(last() + 3, PATIENCE_SECONDS);
            }
        }

        void isSyncedToANewDevice() throws Exception {
            List<Message> messages = new ArrayList<>();
            SyncRequest request = SyncRequest.newBuilder()
                    .setApp(APP)
                    .setUser("ann")
                    .setDevice("new")
                    .setPageSize(25)
                    .setLatest(100)
                    .build();
            SyncResponse page = await(client.messaging().sync(request));
            messages.addAll(page.getMessagesList());
            while (page.getHasMore()) {
                page = await(client.messaging()
                        .sync(request.toBuilder().setAck(page.getNext()).build()));
                messages.addAll(page.getMessagesList());
            }

            assertAsChanged(messages);
        }

        void isCountedAsUnread() throws Exception {
            GetUnreadResponse unread = await(client.messaging()
                    .getUnread(GetUnreadRequest.newBuilder()
                            .setApp(APP)
                            .setUser("ann")
                            .setRecount(true)
                            .build()));

            // What was taken back counts no more.
            assertThat(unread.getTotal()).isEqualTo(MESSAGES - 1);
            assertThat(unread.getDifferencesList()).isEmpty();
        }
    }
}
