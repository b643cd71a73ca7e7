package io.tideline.api.server;

import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.tideline.api.server.identity.Authentication;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.identity.HmacSecret;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.identity.TokenIssuer;
import io.tideline.api.v1.ArchiveServiceGrpc;
import io.tideline.api.v1.ArchiveServiceGrpc.ArchiveServiceBlockingStub;
import io.tideline.api.v1.ArchiveStatus;
import io.tideline.api.v1.CompactArchiveRequest;
import io.tideline.api.v1.ExpireArchiveRequest;
import io.tideline.api.v1.GetArchiveStatusRequest;
import io.tideline.api.v1.GetOperationRequest;
import io.tideline.api.v1.ListOperationsRequest;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.OperationsServiceGrpc;
import io.tideline.api.v1.OtherRequest;
import io.tideline.api.v1.RestoreFromArchiveRequest;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.VerifyArchiveRequest;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveServiceTest {
    private static final TimelineId ROOM = TimelineId.conversation("shop", "room");
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(5));

    private final ScriptedArchive archive = new ScriptedArchive();
    private ServerFixture fixture = new ServerFixture(TidelineServerConfig.onPort(0), Optional.of(archive));

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private ArchiveServiceBlockingStub service() {
        return ArchiveServiceGrpc.newBlockingStub(fixture.channel);
    }

    private OperationsServiceGrpc.OperationsServiceBlockingStub operations() {
        return OperationsServiceGrpc.newBlockingStub(fixture.channel);
    }

    private Operation ended(Operation started) {
        Operation at = started;
        while (at.getState() == Operation.State.PENDING || at.getState() == Operation.State.RUNNING) {
            at = operations()
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .waitOperation(WaitOperationRequest.newBuilder()
                            .setOperationId(at.getId())
                            .setSeen(at.getUpdateTime())
                            .build());
        }
        return at;
    }

    private static TimelineName room() {
        return TimelineName.newBuilder()
                .setApp("shop")
                .setFamily(TimelineFamily.CONVERSATION)
                .setId("room")
                .build();
    }

    /** Ten entries, of which the first four are in files. */
    private void fillRoom() {
        for (int i = 1; i <= 10; i++) {
            fixture.memory
                    .append(TimelineAppend.of(ROOM, NewEntry.text("ann", "m" + i, "text " + i)), DEADLINE)
                    .join();
        }
        TierState state = fixture.memory.state(ROOM, DEADLINE).join();
        TierState next =
                state.moved(state.watermarks().withWarmThrough(SequenceId.of(6)).withColdThrough(SequenceId.of(4)));
        assertThat(fixture.memory.replace(ROOM, state, next, DEADLINE).join()).isTrue();
    }

    private static RestoreFromArchiveRequest restore(long from) {
        return RestoreFromArchiveRequest.newBuilder()
                .setTimeline(room())
                .setFromSeq(from)
                .build();
    }

    private static void assertInvalid(String field, ThrowingCallable call) {
        assertThat(failureOf(call).code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failureOf(call).fields()).contains(field);
    }

    private static void assertReason(String reason, ThrowingCallable call) {
        assertThat(failureOf(call).reason()).isEqualTo(reason);
    }

    @Test
    void run_isAnOperation_whoseIdNamesTheBatch() {
        RunArchiveRequest request =
                RunArchiveRequest.newBuilder().setOperationId("night-7").build();

        Operation started = service().runArchive(request);
        Operation ended = ended(started);

        assertThat(started.getKind()).isEqualTo("archive");
        assertThat(started.getApp()).isEmpty();
        assertThat(ended.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(ended.getReportMap()).containsEntry("entries", "3").containsEntry("problems", "0");
        assertThat(archive.performed).containsExactly(new ArchiveTask.Run("night-7", false));
        assertThat(service().runArchive(request)).isEqualTo(ended);
        assertReason("OPERATION_CONFLICT", () -> service()
                .runArchive(request.toBuilder().setDryRun(true).build()));
    }

    @Test
    void everyMethod_startsItsTask() {
        fillRoom();

        Operation plan = ended(service()
                .runArchive(RunArchiveRequest.newBuilder().setDryRun(true).build()));
        ended(service().verifyArchive(VerifyArchiveRequest.getDefaultInstance()));
        ended(service()
                .verifyArchive(VerifyArchiveRequest.newBuilder()
                        .setTimeline(room())
                        .setRebuildLocator(true)
                        .build()));
        ended(service().restoreFromArchive(restore(2)));
        ended(service()
                .restoreFromArchive(restore(0).toBuilder().setDryRun(true).build()));
        ended(service()
                .expireArchive(ExpireArchiveRequest.newBuilder().setDryRun(true).build()));
        ended(service().compactArchive(CompactArchiveRequest.getDefaultInstance()));

        assertThat(archive.performed)
                .containsExactly(
                        new ArchiveTask.Run(plan.getId(), true),
                        new ArchiveTask.Verify(Optional.empty(), false),
                        new ArchiveTask.Verify(Optional.of(ROOM), true),
                        new ArchiveTask.Restore(ROOM, SequenceId.of(2), false),
                        new ArchiveTask.Restore(ROOM, SequenceId.FIRST, true),
                        new ArchiveTask.Expire(true),
                        new ArchiveTask.Compact(false));
    }

    @Test
    void verify_thatFindsSomething_hasFailedAndSaysWhat() {
        archive.next(CompletableFuture.completedFuture(
                new ArchiveReport(Map.of("files", 2L), List.of("a-1.parquet: checksum"))));

        Operation ended = ended(service().verifyArchive(VerifyArchiveRequest.getDefaultInstance()));

        assertThat(ended.getState()).isEqualTo(Operation.State.FAILED);
        assertThat(ended.getReportMap()).containsEntry("problem.001", "a-1.parquet: checksum");
    }

    @Test
    void restore_rangesBeyond_areRefusedByField() {
        fillRoom();
        assertInvalid("from_seq", () -> service().restoreFromArchive(restore(-1)));
        assertInvalid("from_seq", () -> service().restoreFromArchive(restore(5)));
        assertInvalid("from_seq", () -> service().restoreFromArchive(restore(4_000)));
        assertInvalid("timeline", () -> service().restoreFromArchive(RestoreFromArchiveRequest.getDefaultInstance()));

        fixture.memory
                .append(
                        TimelineAppend.of(TimelineId.conversation("shop", "new"), NewEntry.text("ann", "m", "x")),
                        DEADLINE)
                .join();
        assertInvalid("timeline", () -> service()
                .restoreFromArchive(restore(1).toBuilder()
                        .setTimeline(room().toBuilder().setId("new"))
                        .build()));
        assertThat(archive.performed).isEmpty();
    }

    @Test
    void restore_askedAgainAfterItIsDone_isTheSameOperation() {
        fillRoom();
        RestoreFromArchiveRequest request =
                restore(3).toBuilder().setOperationId("back-1").build();
        Operation ended = ended(service().restoreFromArchive(request));
        TierState state = fixture.memory.state(ROOM, DEADLINE).join();
        fixture.memory
                .replace(ROOM, state, state.moved(state.watermarks().withColdThrough(SequenceId.of(2))), DEADLINE)
                .join();

        assertThat(service().restoreFromArchive(request)).isEqualTo(ended);
    }

    @Test
    void badNames_areRefused() {
        assertReason("TIMELINE_NOT_FOUND", () -> service().restoreFromArchive(restore(1)));
        assertReason("TIMELINE_NOT_FOUND", () -> service()
                .verifyArchive(
                        VerifyArchiveRequest.newBuilder().setTimeline(room()).build()));
        assertInvalid("timeline.family", () -> service()
                .verifyArchive(VerifyArchiveRequest.newBuilder()
                        .setTimeline(room().toBuilder().setFamily(TimelineFamily.INBOX))
                        .build()));
        assertInvalid("operation_id", () -> service()
                .runArchive(RunArchiveRequest.newBuilder()
                        .setOperationId("not well formed")
                        .build()));
    }

    @Test
    void status_saysWhatThereIs() {
        ArchiveStatus status = service().getArchiveStatus(GetArchiveStatusRequest.getDefaultInstance());

        assertThat(status.getLocation()).isEqualTo("file:/archive");
        assertThat(status.getFiles()).isEqualTo(3);
        assertThat(status.getEntries()).isEqualTo(1_000);
        assertThat(status.getBytes()).isEqualTo(40_000);
        assertThat(status.getCommits()).isEqualTo(7);
        assertThat(status.getLastCommitTime().getSeconds()).isEqualTo(ScriptedArchive.COMMITTED.getEpochSecond());
        assertThat(status.getWorking()).isEqualTo("run by one");
        assertThat(status.getUnfinished()).isEqualTo("batch-6");
        assertThat(status.getPolicyArchives()).isFalse();
        assertThat(status.getLastRunTime().getSeconds()).isEqualTo(ScriptedArchive.COMMITTED.getEpochSecond() - 60);

        archive.status =
                new io.tideline.core.archive.ArchiveStatus("file:/a", 0, 0, 0, 0, Instant.EPOCH, "", "", Instant.EPOCH);
        assertThat(service()
                        .getArchiveStatus(GetArchiveStatusRequest.getDefaultInstance())
                        .hasLastCommitTime())
                .isFalse();
    }

    @Test
    void withoutAnArchive_everyMethodSaysSo() throws Exception {
        fixture.close();
        fixture = new ServerFixture(TidelineServerConfig.onPort(0), Optional.empty());
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> service().runArchive(RunArchiveRequest.getDefaultInstance()),
                () -> service().verifyArchive(VerifyArchiveRequest.getDefaultInstance()),
                () -> service().restoreFromArchive(restore(1)),
                () -> service().expireArchive(ExpireArchiveRequest.getDefaultInstance()),
                () -> service().compactArchive(CompactArchiveRequest.getDefaultInstance()),
                () -> service().getArchiveStatus(GetArchiveStatusRequest.getDefaultInstance()))) {
            assertThat(failureOf(call).code()).isEqualTo(Code.FAILED_PRECONDITION);
            assertReason("ARCHIVE_NOT_CONFIGURED", call);
        }
    }

    @Test
    void onlyOperatorsOfTheInstallation_getHere(@TempDir Path directory) throws Exception {
        fixture.close();
        Path file = directory.resolve("secret");
        Files.writeString(file, "mQ7rT2xVb9KpL4wZc8NfHs3YgJd6AuEe");
        ServerSecurity security = ServerSecurity.DEFAULT.withAuthentication(
                new Authentication.Tokens(new Authentication.SecretFile(file), null, null));
        fixture = new ServerFixture(TidelineServerConfig.onPort(0).withSecurity(security), Optional.of(archive));
        TokenIssuer tokens = new TokenIssuer(HmacSecret.read(file), InstantSource.system(), null, null);
        AppId shop = new AppId("shop");
        Channel all = channel(tokens, new Caller(Scope.OPERATOR, null, null));
        RunArchiveRequest run =
                RunArchiveRequest.newBuilder().setOperationId("night-7").build();
        assertThat(ArchiveServiceGrpc.newBlockingStub(all).runArchive(run).getId())
                .isEqualTo("night-7");

        for (Caller caller : List.of(
                new Caller(Scope.OPERATOR, shop, null),
                new Caller(Scope.SERVICE, shop, null),
                new Caller(Scope.USER, shop, new UserId("anna")))) {
            Channel channel = channel(tokens, caller);
            ArchiveServiceBlockingStub stub = ArchiveServiceGrpc.newBlockingStub(channel);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> stub.runArchive(RunArchiveRequest.getDefaultInstance()),
                    () -> stub.verifyArchive(VerifyArchiveRequest.getDefaultInstance()),
                    () -> stub.restoreFromArchive(restore(1)),
                    () -> stub.expireArchive(ExpireArchiveRequest.getDefaultInstance()),
                    () -> stub.compactArchive(CompactArchiveRequest.getDefaultInstance()),
                    () -> stub.getArchiveStatus(GetArchiveStatusRequest.getDefaultInstance()),
                    // Nor by the back door of operations.
                    () -> OperationsServiceGrpc.newBlockingStub(channel).startOperation(other("")),
                    () -> OperationsServiceGrpc.newBlockingStub(channel)
                            .getOperation(GetOperationRequest.newBuilder()
                                    .setOperationId("night-7")
                                    .build()))) {
                assertThat(failureOf(call).code()).isEqualTo(Code.PERMISSION_DENIED);
            }
        }
        Channel ofShop = channel(tokens, new Caller(Scope.OPERATOR, shop, null));
        assertThat(failureOf(() -> OperationsServiceGrpc.newBlockingStub(ofShop).startOperation(other("shop")))
                        .code())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(OperationsServiceGrpc.newBlockingStub(ofShop)
                        .listOperations(ListOperationsRequest.newBuilder()
                                .setApp("shop")
                                .build())
                        .getOperationsList())
                .isEmpty();
        assertThat(archive.performed).hasSizeLessThanOrEqualTo(1);
    }

    private static StartOperationRequest other(String app) {
        return StartOperationRequest.newBuilder()
                .setOther(
                        OtherRequest.newBuilder().setKind("archive").setApp(app).putFields("task", "run"))
                .build();
    }

    private Channel channel(TokenIssuer tokens, Caller caller) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + tokens.issue(caller, Duration.ofMinutes(5)));
        return ClientInterceptors.intercept(fixture.channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
