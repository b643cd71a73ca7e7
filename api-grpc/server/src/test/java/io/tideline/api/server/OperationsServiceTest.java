package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.tideline.api.v1.CancelOperationRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.EraseRequest;
import io.tideline.api.v1.ExportRequest;
import io.tideline.api.v1.GetOperationRequest;
import io.tideline.api.v1.ListOperationsRequest;
import io.tideline.api.v1.ListOperationsResponse;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.OperationsServiceGrpc;
import io.tideline.api.v1.OtherRequest;
import io.tideline.api.v1.ReapplyErasuresRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.unread.Recount;
import io.tideline.sync.unread.UnreadService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationsServiceTest {
    private final ServerFixture fixture = new ServerFixture();
    private final Chat chat = new Chat(fixture.channel);
    private final OperationsServiceGrpc.OperationsServiceBlockingStub operations =
            OperationsServiceGrpc.newBlockingStub(fixture.channel);

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static void assertRefused(Code code, ThrowingCallable call) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refused).isNotNull();
        assertThat(refused.getStatus().getCode()).isEqualTo(code);
    }

    private Operation ended(Operation started) {
        Operation at = started;
        while (at.getState() == Operation.State.PENDING || at.getState() == Operation.State.RUNNING) {
            at = operations
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .waitOperation(WaitOperationRequest.newBuilder()
                            .setOperationId(at.getId())
                            .setSeen(at.getUpdateTime())
                            .build());
        }
        return at;
    }

    private static EraseRequest.Builder erase() {
        return EraseRequest.newBuilder().setApp(APP).setConfirmed(true);
    }

    private Operation start(EraseRequest.Builder erase) {
        return operations.startOperation(
                StartOperationRequest.newBuilder().setErase(erase).build());
    }

    private List<Recount> recount(String user) {
        try {
            return new UnreadService(new SyncPorts(
                            fixture.memory, fixture.memory, fixture.memory, fixture.memory, fixture.memory))
                    .recount(new AppId(APP), new UserId(user), Deadline.after(Duration.ofSeconds(10)))
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Test
    void eraseUser_hisMessagesAreGaps_andUnreadCountsStay() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_WRITE, "ann", "bob", "cyd");
        for (int i = 0; i < 20; i++) {
            chat.send(room, i % 2 == 0 ? "ann" : "bob", "m" + i);
        }
        chat.awaitFanout();
        List<Recount> before = recount("cyd");

        Operation ended = ended(start(erase().setUser("bob")));

        assertThat(ended.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(ended.getReportMap())
                .containsEntry("proof.found", "0")
                .containsEntry("removed.hot.message", "10")
                .containsEntry("removed.inbox.reference", "30");
        assertThat(Chat.texts(chat.read(room, "cyd")))
                .hasSize(10)
                .allMatch(text -> Integer.parseInt(text.substring(1)) % 2 == 0);
        List<MessageGap> gaps = chat.messages
                .listMessages(Chat.history(room, "cyd").setPageSize(1000).build())
                .getGapsList();
        assertThat(gaps).allMatch(gap -> gap.getType() == MessageGap.Type.MESSAGE_GAP_ERASED);
        List<Recount> after = recount("cyd");
        assertThat(after).isEqualTo(before).allMatch(Recount::agrees);
        assertThat(after.get(0).computed()).isEqualTo(20);
        // A new device gets what is left, and no more.
        SyncResponse synced = chat.sync("cyd", "phone", "");
        assertThat(synced.toString()).contains("m0").doesNotContain("m1\"");
    }

    @Test
    void eraseMessage_leavesTheOthers() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann", "bob");
        SendResponse first = chat.send(room, "ann", "first");
        chat.send(room, "ann", "second");

        Operation ended = ended(start(erase().setMessage(EraseRequest.Message.newBuilder()
                .setConversationId(room)
                .setSeq(first.getSeq()))));

        assertThat(ended.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(Chat.texts(chat.read(room, "bob"))).containsExactly("second");
        assertThat(recount("bob")).allMatch(Recount::agrees);
    }

    @Test
    void eraseConversation_andApp() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_WRITE, "ann", "bob");
        String other = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann", "bob");
        chat.send(room, "ann", "first");
        chat.send(other, "ann", "second");

        Operation one = ended(start(erase().setConversationId(room)));
        assertThat(one.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(Chat.texts(chat.read(room, "bob"))).isEmpty();
        assertThat(Chat.texts(chat.read(other, "bob"))).containsExactly("second");

        Operation all = ended(start(erase().setWholeApp(true)));
        assertThat(all.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(Chat.texts(chat.read(other, "bob"))).isEmpty();
        assertRefused(Code.FAILED_PRECONDITION, () -> chat.send(other, "ann", "third"));
        assertThat(operations
                        .reapplyErasures(ReapplyErasuresRequest.newBuilder()
                                .setApp(APP)
                                .setOccasion("restore-7")
                                .build())
                        .getOperationIdsList())
                .hasSize(2);
    }

    @Test
    void start_badRequests_areRefused() {
        for (StartOperationRequest bad : List.of(
                StartOperationRequest.getDefaultInstance().toBuilder()
                        .setErase(erase().setUser("bob").setConfirmed(false))
                        .build(),
                StartOperationRequest.newBuilder().setErase(erase()).build(),
                StartOperationRequest.newBuilder()
                        .setErase(erase().setWholeApp(false))
                        .build(),
                StartOperationRequest.newBuilder()
                        .setErase(erase().setApp("").setUser("bob"))
                        .build(),
                StartOperationRequest.newBuilder()
                        .setErase(erase().setMessage(EraseRequest.Message.newBuilder()
                                .setConversationId("a")
                                .setSeq(-1)))
                        .build(),
                StartOperationRequest.newBuilder()
                        .setOperationId("not well formed")
                        .setErase(erase().setUser("bob"))
                        .build(),
                StartOperationRequest.newBuilder()
                        .setExport(ExportRequest.newBuilder()
                                .setApp(APP)
                                .setUser("bob")
                                .setPath("../../etc"))
                        .build(),
                StartOperationRequest.newBuilder()
                        .setOther(OtherRequest.newBuilder().setKind("fly"))
                        .build(),
                StartOperationRequest.getDefaultInstance())) {
            assertRefused(Code.INVALID_ARGUMENT, () -> operations.startOperation(bad));
        }
    }

    @Test
    void start_twice_isTheSameOperation() {
        StartOperationRequest request = StartOperationRequest.newBuilder()
                .setOperationId("op-1")
                .setErase(erase().setUser("nobody"))
                .build();

        Operation one = ended(operations.startOperation(request));
        Operation two = operations.startOperation(request);

        assertThat(two).isEqualTo(one);
        assertThat(one.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertRefused(
                Code.ALREADY_EXISTS,
                () -> operations.startOperation(request.toBuilder()
                        .setErase(erase().setUser("somebody"))
                        .build()));
        assertRefused(
                Code.FAILED_PRECONDITION,
                () -> operations.cancelOperation(CancelOperationRequest.newBuilder()
                        .setOperationId("op-1")
                        .build()));
    }

    @Test
    void get_unknown_isNotFound() {
        assertRefused(
                Code.NOT_FOUND,
                () -> operations.getOperation(
                        GetOperationRequest.newBuilder().setOperationId("none").build()));
        assertRefused(
                Code.NOT_FOUND,
                () -> operations.cancelOperation(CancelOperationRequest.newBuilder()
                        .setOperationId("none")
                        .build()));
        assertRefused(
                Code.NOT_FOUND,
                () -> operations.waitOperation(
                        WaitOperationRequest.newBuilder().setOperationId("none").build()));
        assertRefused(Code.INVALID_ARGUMENT, () -> operations.getOperation(GetOperationRequest.getDefaultInstance()));
    }

    @Test
    void list_isPaged() {
        for (int i = 0; i < 5; i++) {
            ended(operations.startOperation(StartOperationRequest.newBuilder()
                    .setOperationId("op-" + i)
                    .setErase(erase().setUser("nobody"))
                    .build()));
        }

        ListOperationsResponse page = operations.listOperations(
                ListOperationsRequest.newBuilder().setPageSize(3).build());
        ListOperationsResponse rest = operations.listOperations(ListOperationsRequest.newBuilder()
                .setPageSize(3)
                .setPageToken(page.getNextPageToken())
                .build());

        assertThat(page.getOperationsList()).hasSize(3);
        assertThat(rest.getOperationsList()).hasSize(2);
        assertThat(rest.getNextPageToken()).isEmpty();
        assertThat(operations
                        .listOperations(ListOperationsRequest.newBuilder()
                                .setApp(APP)
                                .setUnfinishedOnly(true)
                                .build())
                        .getOperationsList())
                .isEmpty();
    }

    @Test
    void export_writesFiles() throws Exception {
        String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann", "bob");
        chat.send(room, "ann", "hello");

        Operation ended = ended(operations.startOperation(StartOperationRequest.newBuilder()
                .setExport(ExportRequest.newBuilder()
                        .setApp(APP)
                        .setConversationId(room)
                        .setPath("shop/room"))
                .build()));

        assertThat(ended.getState()).isEqualTo(Operation.State.SUCCEEDED);
        Path directory = fixture.exports.resolve("shop").resolve("room");
        assertThat(Files.readString(directory.resolve("manifest.json"))).contains("messages.jsonl.gz");
        assertThat(directory.resolve("messages.jsonl.gz")).isNotEmptyFile();
    }
}
